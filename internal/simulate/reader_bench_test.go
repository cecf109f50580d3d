package simulate

import "testing"

func BenchmarkReader(b *testing.B) {
	body := appendUser(nil, &ada)
	var r reader
	var u resource
	b.ReportAllocs()
	for b.Loop() {
		r.reset(body)
		r.resource(&u)
	}
}

func BenchmarkAppendUser(b *testing.B) {
	t := company(1000, 0, 1)
	var body []byte
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		v := t.values(i % 1000)
		body = appendUser(body[:0], &v)
		i++
	}
}
