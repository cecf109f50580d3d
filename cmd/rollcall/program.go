package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollcall/rollcall/internal/fault"
)

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// program is what a command has of the world around it.
type program struct {
	env            environment
	variables      []string // that are set, as os.Environ has them
	stdout, stderr io.Writer
}

// run runs one command line and returns the exit status. variables are all that env
// knows, as NAME=value.
func run(ctx context.Context, args []string, env environment, variables []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{env: env, variables: variables, stdout: stdout, stderr: stderr}
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	began := false // what fails before a command begins is its usage
	walk(root, func(c *cobra.Command) {
		if runE := c.RunE; runE != nil {
			c.RunE = func(c *cobra.Command, args []string) error {
				began = true
				return runE(c, args)
			}
		}
	})
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	if _, usage := errors.AsType[*usageError](err); usage || !began {
		_, _ = fmt.Fprintf(stderr, "rollcall: %s; see %s --help\n", sentence(err), c.CommandPath())
		return exitUsage
	}
	if _, silent := errors.AsType[*saidError](err); !silent {
		_, _ = fmt.Fprintf(stderr, "rollcall: %s\n", sentence(err))
	}
	return exitFailed
}

// usageError is a command line that can't be understood.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usage(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// saidError is a failure that the command has already told about.
type saidError struct{}

func (*saidError) Error() string { return "failed" }

// sentence is the one line that an error comes to. The causes of a fault are
// for logs.
func sentence(err error) string {
	text := err.Error()
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code != fault.Internal {
		text = f.Message
	}
	return visible(strings.Join(strings.Fields(text), " "))
}

func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		walk(sub, visit)
	}
}

func (p *program) rootCommand() *cobra.Command {
	root := commandGroup("rollcall", "Keep people and groups in step with the customer's directory",
		p.serveCommand(), p.demoCommand(), simulateCommand(),
		p.orgCommand(), p.connectionCommand(), p.attributeCommand(), p.tokenCommand(), p.clientCommand(), p.adminCommand(),
		p.logCommand(), p.mailCommand(), p.doctorCommand(), p.migrateCommand(), p.versionCommand())
	root.Long = "Rollcall is a self-hosted server into which Microsoft Entra ID and other SCIM 2.0\n" +
		"clients provision people and groups. It is set up by environment variables;\n" +
		"rollcall doctor lists them."
	root.Example = `  rollcall demo
  rollcall serve
  rollcall org create --slug acme --name "Acme Ltd"`
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// commandGroup is a command that only holds others.
func commandGroup(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, RunE: func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("there is no command %q", c.CommandPath()+" "+args[0])
		}
		return c.Help()
	}}
	c.AddCommand(commands...)
	c.Args = cobra.ArbitraryArgs
	return c
}
