package provider

import (
	"encoding/base64"
	"regexp"
	"testing"
)

// TestAccVNGCloudSecrets looks for the client secret, tokens and links in all that is written while the example is
// applied.
func TestAccVNGCloudSecrets(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-of-the-account"
	dir := runTalkative(t, "TestAccVNGCloudExample", centerSecretEnv+"="+secret)
	expectNoLeaks(t, dir, map[string]*regexp.Regexp{
		"the client secret": regexp.MustCompile(secret),
		"its Basic header":  regexp.MustCompile(base64.StdEncoding.EncodeToString([]byte("emulator:" + secret))),
		"a token":           regexp.MustCompile(`token-[A-Z2-7]{20}`),
		"a link":            regexp.MustCompile(`X-Amz-Signature|/storage/[A-Z2-7]{20}`),
	}, map[string]*regexp.Regexp{
		"a request in a log": regexp.MustCompile(`/v1/backup-instances/backup-now/ins-`),
		"a state":            regexp.MustCompile(`"serverbackup_point_archive"`),
	})
}
