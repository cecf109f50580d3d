package directory

import (
	"strings"
	"unicode/utf8"
)

// unpuny decodes what follows xn-- in a label of a domain (RFC 3492). ok is
// false for what no encoder makes.
func unpuny(text string) (decoded string, ok bool) {
	const (
		base, tMin, tMax, skew, damp = 36, 1, 26, 38, 700
		firstBias, firstRune         = 72, 128
	)
	var out []rune
	if at := strings.LastIndexByte(text, '-'); at >= 0 {
		out, text = []rune(text[:at]), text[at+1:]
	}
	n, i, bias := firstRune, 0, firstBias
	for text != "" {
		from, weight := i, 1
		for k := base; ; k += base {
			if text == "" {
				return "", false
			}
			digit := punyDigit(text[0])
			text = text[1:]
			if digit < 0 || digit > (1<<30-i)/weight {
				return "", false
			}
			i += digit * weight
			t := min(max(k-bias, tMin), tMax)
			if digit < t {
				break
			}
			if weight *= base - t; weight > 1<<30 {
				return "", false
			}
		}
		length := len(out) + 1
		delta := (i - from) / 2
		if from == 0 {
			delta = (i - from) / damp
		}
		delta += delta / length
		bias = 0
		for ; delta > (base-tMin)*tMax/2; bias += base {
			delta /= base - tMin
		}
		bias += (base - tMin + 1) * delta / (delta + skew)
		n += i / length
		i %= length
		if n > utf8.MaxRune || n >= 0xD800 && n <= 0xDFFF {
			return "", false
		}
		out = append(out[:i], append([]rune{rune(n)}, out[i:]...)...)
		i++
	}
	return string(out), true
}

func punyDigit(c byte) int {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c - 'a')
	case c >= '0' && c <= '9':
		return int(c-'0') + 26
	}
	return -1
}
