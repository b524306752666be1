// Package huaweicloud is what the services of Open Telekom Cloud and Huawei Cloud have in common: how a
// request is authenticated (IAM v3 token, or access key and signature), where a service is, how it
// spells errors, and the loose JSON that it sends. Section numbers in comments are those of the wire
// reference of these services.
package huaweicloud

import (
	"net/url"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Config is the account and project to work in, and where. Names are those of the provider's attributes.
type Config struct {
	// AuthURL is the IAM endpoint, with or without /v3; default that of the region.
	AuthURL string
	// Region is eu-de, eu-nl or a region of Huawei Cloud; default the first part of the project's name.
	Region string
	// ProjectID or ProjectName is the project; default the one that is named like the region.
	ProjectID   string
	ProjectName string
	// DomainID or DomainName is the account (domain) of the user.
	DomainID   string
	DomainName string

	UserName string
	Password string

	AccessKey string
	SecretKey string
	// SecurityToken belongs to temporary access keys.
	SecurityToken string

	// Endpoint of the service; default as the catalog of the token says, or as the region does.
	Endpoint string
	// CAFile has certificates in PEM that are trusted beside those of the system.
	CAFile string
}

// String is without secrets, so that a configuration that is printed by mistake shows none.
func (c Config) String() string {
	return strings.Join(strings.Fields("region "+c.Region+" project "+first(c.ProjectID, c.ProjectName)), " ")
}

// GoString is String.
func (c Config) GoString() string { return c.String() }

// signs says whether requests are signed rather than sent with a token.
func (c Config) signs() bool { return c.AccessKey != "" }

// resolve fills in defaults and complains of what is missing. prefix is the attribute of the provider
// that the members belong to, such as csbs.
func (c Config) resolve(prefix string) (Config, error) {
	if err := c.checkCredentials(prefix); err != nil {
		return c, err
	}
	if c.Region == "" {
		// Project names begin with their region, as in eu-de_backup (§1.2).
		c.Region, _, _ = strings.Cut(c.ProjectName, "_")
	}
	if c.Region == "" && (c.AuthURL == "" || (c.ProjectID == "" && c.ProjectName == "")) {
		return c, backup.Errorf(nil, "%s.region is not set. Write the region, for example region = \"eu-de\", or set OS_REGION_NAME.", prefix)
	}
	if strings.ContainsAny(c.Region, "/.:@?# ") {
		return c, backup.Errorf(nil, "%s.region is %q, which is no name of a region. Write for example region = \"eu-de\".", prefix, c.Region)
	}
	if c.ProjectID == "" && c.ProjectName == "" {
		c.ProjectName = c.Region
	}
	if c.AuthURL == "" {
		c.AuthURL = defaultAuthURL(c.Region)
	}
	auth, err := parseEndpoint(prefix+".auth_url", c.AuthURL)
	if err != nil {
		return c, err
	}
	c.AuthURL = strings.TrimSuffix(strings.TrimRight(auth.String(), "/"), "/v3") + "/v3"
	if c.Endpoint != "" {
		if _, err := parseEndpoint(prefix+".endpoint", c.Endpoint); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c Config) checkCredentials(prefix string) error {
	switch {
	case c.AccessKey != "" && (c.UserName != "" || c.Password != ""):
		return backup.Errorf(nil, "%[1]s.access_key and %[1]s.user_name are both set. Keep one way to sign in.", prefix)
	case (c.AccessKey == "") != (c.SecretKey == ""):
		return backup.Errorf(nil, "%[1]s.access_key and %[1]s.secret_key belong together, and one of them is not set.", prefix)
	case c.AccessKey != "":
		return nil
	case c.UserName == "" && c.Password == "":
		return backup.Errorf(nil, "There are no credentials for %[1]s. Set %[1]s.user_name, password and domain_name (OS_USERNAME, OS_PASSWORD, "+
			"OS_DOMAIN_NAME), or %[1]s.access_key and secret_key (OS_ACCESS_KEY, OS_SECRET_KEY).", prefix)
	case c.UserName == "" || c.Password == "":
		return backup.Errorf(nil, "%[1]s.user_name and %[1]s.password belong together, and one of them is not set.", prefix)
	case c.DomainID == "" && c.DomainName == "":
		return backup.Errorf(nil, "%s.domain_name is not set. Write the account of the user, for example domain_name = \"OTC-EU-DE-00000000001000000000\", or set OS_DOMAIN_NAME.", prefix)
	}
	return nil
}

// parseEndpoint reads an address of a service. Errors do not repeat it: it may hold a password.
func parseEndpoint(attribute, address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return nil, backup.Errorf(nil, "%s is no address. Write for example https://iam.eu-de.otc.t-systems.com/v3.", attribute)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, backup.Errorf(nil, "%s has more than a host and a path. Write for example https://iam.eu-de.otc.t-systems.com/v3.", attribute)
	}
	return u, nil
}

// tokenMargin is how long before its end a token is renewed, so that no request arrives too late.
const tokenMargin = 5 * time.Minute
