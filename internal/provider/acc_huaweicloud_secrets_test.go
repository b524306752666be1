package provider

import (
	"regexp"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

// TestAccHuaweicloudSecrets looks for the password, the secret key and tokens in all that is written while
// the examples are applied, by a user on csbs and with signed requests on cbr.
func TestAccHuaweicloudSecrets(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-of-the-account"
	for example, environment := range map[string][]string{
		"TestAccCSBSExample": {"OS_USERNAME=emulator", "OS_PASSWORD=" + secret, "OS_DOMAIN_NAME=emulator"},
		"TestAccCBRExample":  {"HW_ACCESS_KEY=emulator", "HW_SECRET_KEY=" + secret, "HW_PROJECT_ID=" + iam.DefaultAccount().ProjectID},
	} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			dir := runTalkative(t, example, append(environment, huaweicloudSecretEnv+"="+secret)...)
			expectNoLeaks(t, dir, map[string]*regexp.Regexp{
				"the secret": regexp.MustCompile(secret),
				"a token":    regexp.MustCompile(`token-[A-Z2-7]{20}`),
				// The CLI logs the word in its own schema; a header has a signature behind it.
				"a signed header": regexp.MustCompile(`SDK-HMAC-SHA256|Signature=[0-9a-f]{16}`),
			}, map[string]*regexp.Regexp{
				"a request in a log": regexp.MustCompile(`POST /(providers/[0-9a-f-]+/resources/[0-9a-f-]+/action|checkpoints)`),
				"a log":              regexp.MustCompile(`tf_resource_type=serverbackup_point`),
				"a state":            regexp.MustCompile(`"type": "serverbackup_restore"`),
			})
		})
	}
}
