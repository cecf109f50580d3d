package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) mailCommand() *cobra.Command {
	c := commandGroup("mail", "Try the mail server", p.mailTestCommand())
	c.Example = "  rollcall mail test --to ada@acme.test"
	return c
}

func (p *program) mailTestCommand() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "test",
		Short: "Send one mail, to see whether the mail server takes it",
		Long: "Send one mail through the server of " + settingMail + " at once, without the database, and\n" +
			"say what the server answered. It may still refuse or lose the mail later: look whether\n" +
			"it arrives, and not among the unwanted.",
		Example: "  rollcall mail test --to ada@acme.test",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return p.testMail(c.Context(), to) },
	}
	c.Flags().StringVar(&to, "to", "", "e-mail address of the recipient (required)")
	_ = c.MarkFlagRequired("to")
	return c
}

func (p *program) testMail(ctx context.Context, to string) error {
	server, err := p.env.mailServer()
	if err != nil {
		return err
	}
	if server == nil {
		return fmt.Errorf("there is no mail server: set %s, as in %s=smtp://user:password@smtp.example.com:587?from=rollcall@example.com", settingMail, settingMail)
	}
	addr, err := p.env.addr()
	if err != nil {
		return err
	}
	public, err := p.env.publicURL(addr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mailLimit)
	defer cancel()
	if err := server.Test(ctx, to, public); err != nil {
		return fmt.Errorf("no mail was sent through %s: %w", server, err)
	}
	_, err = fmt.Fprintf(p.stdout, "The server took a mail to %s (%s). Look whether it arrives.\n", visible(to), server)
	return err
}
