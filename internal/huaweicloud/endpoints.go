package huaweicloud

import (
	"net/url"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Domains of the clouds (§1.1). Other clouds of the same make are reached with auth_url.
const (
	telekomDomain = "otc.t-systems.com"
	huaweiDomain  = "myhuaweicloud.com"
)

// defaultAuthURL is the IAM endpoint of a region: one per region on Open Telekom Cloud, one for all on
// Huawei Cloud.
func defaultAuthURL(region string) string {
	if region == "eu-de" || region == "eu-nl" {
		return "https://iam." + region + "." + telekomDomain + "/v3"
	}
	return "https://iam." + huaweiDomain + "/v3"
}

// derivedEndpoint is where a service should be, judged by the IAM endpoint: iam.<region>.<domain> or
// iam.<domain> has <service>.<region>.<domain> beside it. Empty if the address does not look like that.
func derivedEndpoint(authURL, service, region string) string {
	u, err := url.Parse(authURL)
	if err != nil {
		return ""
	}
	label, domain, _ := strings.Cut(u.Hostname(), ".")
	if (label != "iam" && !strings.HasPrefix(label, "iam-")) || domain == "" || region == "" {
		return ""
	}
	// Names of regions have a dash, those of domains do not begin with a label that has one.
	if first, rest, ok := strings.Cut(domain, "."); ok && strings.Contains(first, "-") {
		domain = rest
	}
	return "https://" + service + "." + region + "." + domain
}

// baseURL is the address below which the calls of a project are. An endpoint may come with or without
// the version and the project, as catalogs spell it.
func baseURL(endpoint, version, project string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return "", backup.Errorf(nil, "The catalog of the identity service has an address that is none. Set endpoint.")
	}
	var path []string
	for segment := range strings.SplitSeq(strings.Trim(u.Path, "/"), "/") {
		if segment == version {
			break
		}
		if segment != "" {
			path = append(path, segment)
		}
	}
	path = append(path, version, project)
	return u.Scheme + "://" + u.Host + "/" + strings.Join(path, "/"), nil
}

// catalogEntry is a service in the catalog of a token (§1.2).
type catalogEntry struct {
	Type      string `json:"type"`
	Endpoints []struct {
		Interface string `json:"interface"`
		Region    string `json:"region"`
		RegionID  string `json:"region_id"`
		URL       string `json:"url"`
	} `json:"endpoints"`
}

// find returns the public address of a service in a region.
func find(catalog []catalogEntry, types []string, region string) string {
	for _, kind := range types {
		for _, entry := range catalog {
			if entry.Type != kind {
				continue
			}
			for _, e := range entry.Endpoints {
				here := region == "" || e.Region == region || e.RegionID == region
				if here && (e.Interface == "" || e.Interface == "public") && e.URL != "" {
					return e.URL
				}
			}
		}
	}
	return ""
}

// isPlain says whether an address is without TLS.
func isPlain(address string) bool { return strings.HasPrefix(address, "http://") }
