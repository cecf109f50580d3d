package instance

import "context"

// Organization makes an organization by the command line and returns the base
// of its SCIM service and a token for it.
func (i *Instance) Organization(ctx context.Context, slug, name string) (base, token string, err error) {
	if _, err := i.Run(ctx, "org", "create", "--slug", slug, "--name", name); err != nil {
		return "", "", err
	}
	token, err = i.Run(ctx, "token", "create", "--org", slug, "--kind", "scim", "--name", "entra")
	if err != nil {
		return "", "", err
	}
	return i.URL() + "/scim/v2/" + slug, token, nil
}
