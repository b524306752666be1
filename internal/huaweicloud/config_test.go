package huaweicloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		env  map[string]string
		cfg  Config
		want Config
	}{
		{
			"Open Telekom Cloud", map[string]string{
				"OS_AUTH_URL": "a", "OS_REGION_NAME": "r", "OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_USER_DOMAIN_NAME": "d", "OS_TENANT_NAME": "t", "OS_CACERT": "c",
			},
			Config{}, Config{AuthURL: "a", Region: "r", UserName: "u", Password: "p", DomainName: "d", ProjectName: "t", CAFile: "c"},
		},
		{
			"Huawei Cloud", map[string]string{"HW_REGION_NAME": "r", "HW_ACCESS_KEY": "k", "HW_SECRET_KEY": "s", "HW_SECURITY_TOKEN": "t", "HW_PROJECT_ID": "p"},
			Config{}, Config{Region: "r", AccessKey: "k", SecretKey: "s", SecurityToken: "t", ProjectID: "p"},
		},
		{
			"the configuration counts", map[string]string{"OS_REGION_NAME": "r", "OS_ACCESS_KEY": "k", "OS_SECRET_KEY": "s", "OS_PROJECT_ID": "other"},
			Config{Region: "mine", UserName: "u", Password: "p", ProjectName: "name"},
			Config{Region: "mine", UserName: "u", Password: "p", ProjectName: "name"},
		},
		{
			"credentials come as a whole", map[string]string{"OS_USERNAME": "u", "HW_ACCESS_KEY": "k", "HW_SECRET_KEY": "s"},
			Config{}, Config{AccessKey: "k", SecretKey: "s"},
		},
		{
			"a key goes before a user", map[string]string{"OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_ACCESS_KEY": "k", "OS_SECRET_KEY": "s"},
			Config{}, Config{AccessKey: "k", SecretKey: "s"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := tc.cfg.WithEnvironment(func(name string) string { return tc.env[name] })
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestConfigShowsNoSecrets prints a configuration in every way.
func TestConfigShowsNoSecrets(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.Password = "very-secret-password"
	nested := struct {
		Config
		Other int
	}{Config: cfg}
	for _, text := range []string{fmt.Sprint(cfg), fmt.Sprintf("%+v %#v %s", cfg, cfg, cfg), fmt.Sprintf("%+v %#v", nested, nested)} {
		if strings.Contains(text, "very-secret") {
			t.Errorf("the configuration prints as %s", text)
		}
	}
}

func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	good := Config{Region: "eu-de", UserName: "u", Password: "a-password", DomainName: "d"}
	for _, tc := range []struct {
		name   string
		change func(*Config)
		text   string
	}{
		{"no credentials", func(c *Config) { c.UserName, c.Password = "", "" }, "OS_USERNAME"},
		{"no password", func(c *Config) { c.Password = "" }, "csbs.password"},
		{"no domain", func(c *Config) { c.DomainName = "" }, "csbs.domain_name"},
		{"two ways", func(c *Config) { c.AccessKey, c.SecretKey = "k", "s" }, "csbs.access_key"},
		{"half a key", func(c *Config) { c.UserName, c.Password, c.AccessKey = "", "", "k" }, "csbs.secret_key"},
		{"no region", func(c *Config) { c.Region = "" }, "csbs.region"},
		{"odd region", func(c *Config) { c.Region = "evil.example.com/" }, "csbs.region"},
		{"odd address", func(c *Config) { c.AuthURL = "iam.example.com" }, "csbs.auth_url"},
		{"address with a password", func(c *Config) { c.Endpoint = "https://u:a-password@example.com" }, "csbs.endpoint"},
		{"no file", func(c *Config) { c.CAFile = "/does/not/exist" }, "csbs.ca_file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := good
			tc.change(&cfg)
			_, err := NewClient(cfg, testAPI, Options{})
			if err == nil || !strings.Contains(err.Error(), tc.text) || strings.Contains(err.Error(), "a-password") {
				t.Errorf("the error is %v, want one of %s without the password", err, tc.text)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ auth, region, want string }{
		{defaultAuthURL("eu-de"), "eu-de", "https://cbr.eu-de.otc.t-systems.com"},
		{defaultAuthURL("eu-de"), "eu-nl", "https://cbr.eu-nl.otc.t-systems.com"},
		{defaultAuthURL("cn-north-4"), "cn-north-4", "https://cbr.cn-north-4.myhuaweicloud.com"},
		{"https://iam.ap-southeast-1.myhuaweicloud.com/v3", "ap-southeast-1", "https://cbr.ap-southeast-1.myhuaweicloud.com"},
		{"https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3", "eu-ch2", "https://cbr.eu-ch2.sc.otc.t-systems.com"},
		{"https://iam.example.com:8443/v3", "r-1", "https://cbr.r-1.example.com"},
		{"http://127.0.0.1:8080/v3", "eu-de", ""},
		{"https://keystone.example.com/v3", "eu-de", ""},
	} {
		if got := derivedEndpoint(tc.auth, "cbr", tc.region); got != tc.want {
			t.Errorf("%s in %s: %q, want %q", tc.auth, tc.region, got, tc.want)
		}
	}
	for _, endpoint := range []string{
		"https://csbs.example.com", "https://csbs.example.com/", "https://csbs.example.com/v1", "https://csbs.example.com/v1/$(tenant_id)s",
	} {
		if got, err := baseURL(endpoint, "v1", "p"); err != nil || got != "https://csbs.example.com/v1/p" {
			t.Errorf("%s: %q, %v", endpoint, got, err)
		}
	}
	if got, err := baseURL("https://example.com/behind/v1/x", "v1", "p"); err != nil || got != "https://example.com/behind/v1/p" {
		t.Errorf("an address with a path: %q, %v", got, err)
	}
}
