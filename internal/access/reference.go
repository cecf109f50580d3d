package access

import (
	"crypto/rand"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

// references is the namespace of the requests that references stand for.
var references = uuid.MustParse("01a20400-0000-7000-8000-000000000001")

var referenceForm = regexp.MustCompile(`^[A-Z2-7]{8}$`)

// NewReference returns what a page shows of something that was refused: eight
// letters and figures that can be read out on the telephone.
func NewReference() string { return rand.Text()[:8] }

// RequestOf is the id under which the Events of a reference are found, in any case
// of letters; uuid.Nil where the text is none.
func RequestOf(reference string) uuid.UUID {
	reference = strings.ToUpper(strings.TrimSpace(reference))
	if !referenceForm.MatchString(reference) {
		return uuid.Nil
	}
	return uuid.NewSHA1(references, []byte(reference))
}
