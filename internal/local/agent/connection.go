package agent

import (
	"errors"
	"flag"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// connection is where the repository is, and what opens it.
type connection struct {
	config local.Config
	s3     local.S3Options
}

// environment answers for what is not given as a flag.
type environment func(name string) string

// text is a flag whose default is in the environment.
func (env environment) text(flags *flag.FlagSet, target *string, name, variable string) {
	flags.StringVar(target, name, env(variable), "")
}

func (c *connection) register(flags *flag.FlagSet, env environment) {
	env.text(flags, &c.config.Repository, "repository", "SERVERBACKUP_REPOSITORY")
	env.text(flags, &c.config.PasswordFile, "password-file", "SERVERBACKUP_PASSWORD_FILE")
	env.text(flags, &c.config.CacheDirectory, "cache-directory", "SERVERBACKUP_CACHE_DIRECTORY")
	env.text(flags, &c.config.Host, "host", "SERVERBACKUP_HOST")
	env.text(flags, &c.config.User, "user", "SERVERBACKUP_USER")
	env.text(flags, &c.s3.Endpoint, "s3-endpoint", "SERVERBACKUP_S3_ENDPOINT")
	env.text(flags, &c.s3.Region, "s3-region", "SERVERBACKUP_S3_REGION")
	env.text(flags, &c.s3.CAFile, "s3-ca-file", "SERVERBACKUP_S3_CA_FILE")
	env.text(flags, &c.s3.Profile, "s3-profile", "SERVERBACKUP_S3_PROFILE")
}

// complete adds what is no flag, and says what is wrong with the flags together.
func (c *connection) complete(env environment) error {
	// A password among the arguments could be seen by everyone on the machine.
	if c.config.PasswordFile == "" {
		c.config.Password = env("SERVERBACKUP_PASSWORD")
	}
	switch {
	case c.inBucket() && c.config.Password == "" && c.config.PasswordFile == "":
		return errors.New("--password-file is required with a repository in a bucket")
	case c.inBucket():
		c.config.S3 = &c.s3
	case c.s3 != local.S3Options{}:
		return errors.New("the flags --s3-… are for a repository in a bucket: write --repository s3://bucket/prefix, or leave them out")
	}
	return nil
}

func (c *connection) inBucket() bool { return strings.HasPrefix(c.config.Repository, "s3://") }
