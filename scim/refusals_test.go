package scim_test

import (
	"net/http"
	"testing"

	"github.com/rollcall/rollcall/ent/provisioninglog"
)

func TestFloodOfWrongTokensFillsNoLog(t *testing.T) {
	onBoth(t, func(h *house) {
		for range 100 {
			h.do(http.MethodGet, "/Users", nil, "Authorization", "Bearer wrong").want(http.StatusUnauthorized)
		}
		h.do(http.MethodGet, "/Users", nil).want(http.StatusOK) // the right one is not locked out
		h.stop()
		n, err := h.store.Read().ProvisioningLog.Query().Where(provisioninglog.Status(http.StatusUnauthorized)).Count(h.inOrg())
		if err != nil {
			h.Fatal(err)
		}
		if n < 20 || n > 25 {
			h.Errorf("%d rows for 100 wrong tokens, want about 20", n)
		}
	})
}
