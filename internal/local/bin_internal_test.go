package local

import "testing"

// TestRecoverCommand can be pasted into a shell, and tells no keys.
func TestRecoverCommand(t *testing.T) {
	t.Parallel()
	s3 := &S3Options{Endpoint: "https://s3.example:9000", Region: "eu", AccessKey: "key", SecretKey: "secret"}
	for _, test := range []struct {
		cfg  Config
		want string
	}{
		{Config{Repository: "/srv/backup"}, "--repository /srv/backup"},
		{Config{Repository: "/srv/Bob's backup"}, `--repository '/srv/Bob'\''s backup'`},
		{Config{Repository: "s3://bucket/p", S3: s3}, "--repository s3://bucket/p --s3-endpoint https://s3.example:9000 --s3-region eu"},
	} {
		want := `"terraform-provider-serverbackup agent recover ` + test.want + ` p-1"`
		if got := (&Service{cfg: test.cfg}).RecoverCommand("p-1"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
