package huaweicloud

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// answerTimeout is how long a service may take to begin its answer; lists of 1,000 take a while.
const answerTimeout = 90 * time.Second

// newHTTPClient returns a client that refuses redirects, which would carry credentials to another
// address, and that trusts the certificates of a file beside those of the system.
func newHTTPClient(prefix, caFile string) (*http.Client, error) {
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment}
	}
	transport = transport.Clone()
	transport.ResponseHeaderTimeout = answerTimeout
	transport.MaxIdleConnsPerHost = 16
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if caFile != "" {
		pem, err := os.ReadFile(caFile) //nolint:gosec // the path is the user's
		if err != nil {
			return nil, backup.Errorf(nil, "%s.ca_file cannot be read: %v. Write the path of a file with certificates in PEM.", prefix, err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, backup.Errorf(nil, "%s.ca_file %s has no certificate in it. Write the path of a file with certificates in PEM.", prefix, caFile)
		}
		transport.TLSClientConfig.RootCAs = pool
	}
	return &http.Client{Transport: transport}, nil
}

// withoutRedirects returns a copy of a client that hands redirects out as answers.
func withoutRedirects(client *http.Client) *http.Client {
	out := *client
	out.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &out
}
