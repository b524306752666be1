package local

import "testing"

// TestRecoverCommand can be pasted into a shell.
func TestRecoverCommand(t *testing.T) {
	t.Parallel()
	for repository, want := range map[string]string{
		"/srv/backup":       `"terraform-provider-serverbackup agent recover --repository /srv/backup p-1"`,
		"s3://bucket/p":     `"terraform-provider-serverbackup agent recover --repository s3://bucket/p p-1"`,
		"/srv/Bob's backup": `"terraform-provider-serverbackup agent recover --repository '/srv/Bob'\''s backup' p-1"`,
	} {
		if got := (&Service{cfg: Config{Repository: repository}}).RecoverCommand("p-1"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
