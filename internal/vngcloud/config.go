package vngcloud

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// Config is the configuration of the service.
type Config struct {
	// ClientID and ClientSecret are of an IAM service account.
	ClientID     string
	ClientSecret string
	// Region is HCM-3 (the default) or HAN.
	Region string
	// ProjectID and BackendID are looked up if they are empty.
	ProjectID string
	BackendID string
	// IAMEndpoint, BackupEndpoint and VServerEndpoint replace those of the region; with their paths.
	IAMEndpoint     string
	BackupEndpoint  string
	VServerEndpoint string
	// MaxConcurrentRequests limits the requests in flight; default 8.
	MaxConcurrentRequests int
	// ReadCache is how long one listing answers reads; default 30 s, negative is not at all.
	ReadCache time.Duration

	// HTTP sends requests; default a client of its own.
	HTTP *http.Client
	// Now is the clock, and Sleep waits on it; default the real one.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// PollInterval is how often is looked for what the service does later; default 5 s.
	PollInterval time.Duration
	// Log is told of each request, without anything secret; default nobody.
	Log *slog.Logger
}

// Regions are the values of [Config.Region].
func Regions() []string { return []string{"HCM-3", "HAN"} }

// host names a region in addresses [1.1 of the wire reference].
func host(region string) (string, bool) {
	switch strings.ToUpper(region) {
	case "", "HCM-3", "HCM03", "HCM":
		return "hcm-3", true
	case "HAN", "HAN-1", "HAN01":
		return "han-1", true
	}
	return "", false
}

// resolve fills in the defaults.
func (c Config) resolve() (Config, error) {
	for _, required := range []struct{ attribute, value, variable string }{
		{"client_id", c.ClientID, "VNGCLOUD_CLIENT_ID"},
		{"client_secret", c.ClientSecret, "VNGCLOUD_CLIENT_SECRET"},
	} {
		if required.value == "" {
			return c, backup.Errorf(nil, "vngcloud.%s is not set. Set it, or the environment variable %s, to that of an IAM service account.", required.attribute, required.variable)
		}
	}
	at, known := host(c.Region)
	if !known {
		return c, backup.Errorf(nil, "vngcloud.region is %q, which is none of: %s.", c.Region, strings.Join(Regions(), ", "))
	}
	c.Region = Regions()[slices.Index([]string{"hcm-3", "han-1"}, at)]
	for _, endpoint := range []struct {
		attribute string
		value     *string
		fallback  string
	}{
		{"iam_endpoint", &c.IAMEndpoint, "https://iam.api.vngcloud.vn/accounts-api"},
		{"backup_endpoint", &c.BackupEndpoint, "https://" + at + ".api.vngcloud.vn/vbackup-gateway"},
		// The shorter /vserver-gateway is not there in HAN [1.1].
		{"vserver_endpoint", &c.VServerEndpoint, "https://" + at + ".api.vngcloud.vn/vserver/vserver-gateway"},
	} {
		if *endpoint.value == "" {
			*endpoint.value = endpoint.fallback
		}
		if err := checkEndpoint(endpoint.attribute, *endpoint.value); err != nil {
			return c, err
		}
		*endpoint.value = strings.TrimRight(*endpoint.value, "/")
	}
	if c.MaxConcurrentRequests < 1 {
		c.MaxConcurrentRequests = 8
	}
	if c.ReadCache == 0 {
		c.ReadCache = 30 * time.Second
	}
	if c.HTTP == nil {
		c.HTTP = newHTTPClient(c.MaxConcurrentRequests)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = client.Sleep
	}
	if c.PollInterval <= 0 {
		c.PollInterval = 5 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// checkEndpoint wants addresses to which a token can be sent: others on the way could read it without
// TLS.
func checkEndpoint(attribute, text string) error {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || address.User != nil || address.RawQuery != "" || (address.Scheme != "https" && address.Scheme != "http"):
		return backup.Errorf(nil, "vngcloud.%s is no web address. Write for example https://hcm-3.api.vngcloud.vn/vbackup-gateway.", attribute)
	case address.Scheme == "http" && !loopback(address.Hostname()):
		return backup.Errorf(nil, "vngcloud.%s begins with http://, so that others could read the token. Write https://; http is for this machine only.", attribute)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// newHTTPClient keeps as many connections as there can be requests.
func newHTTPClient(connections int) *http.Client {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   connections,
		IdleConnTimeout:       time.Minute,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: time.Minute,
	}
	return &http.Client{Transport: transport}
}
