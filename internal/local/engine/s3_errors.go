package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/kopia/kopia/repo/blob"
	"github.com/minio/minio-go/v7"
)

// ErrHalfCreated is a repository in a bucket whose creation was interrupted before it could hold any data.
var ErrHalfCreated = errors.New("the creation of the repository was interrupted")

// S3Fault is what is wrong with a bucket, or with how it is asked.
type S3Fault int

// The faults of buckets.
const (
	S3FaultUnknown S3Fault = iota
	// S3Unreachable is a host that does not answer, or does not exist.
	S3Unreachable
	// S3Certificate is a certificate that is not trusted, of another host, or has expired.
	S3Certificate
	// S3Protocol is http:// where the service speaks https://, or the other way round.
	S3Protocol
	// S3Keys are keys that the service does not know, or a token that has expired.
	S3Keys
	// S3Denied are keys that may not do this.
	S3Denied
	// S3NoBucket is a bucket that does not exist.
	S3NoBucket
	// S3Region is a bucket of another region.
	S3Region
	// S3Clock is a clock of this machine that is wrong.
	S3Clock
	// S3Busy is a service that asks to be left alone, or has an error of its own.
	S3Busy
	// S3Full is a service without space, or a quota that is used up.
	S3Full
)

// byCode are the error codes of S3. Those without an X are in the API reference of Amazon, "Error
// responses"; the others are of MinIO, and of versitygw without users of its own.
var byCode = map[string]S3Fault{
	"AccessDenied":                   S3Denied,
	"AllAccessDisabled":              S3Denied,
	"AccountProblem":                 S3Denied,
	"NoSuchBucket":                   S3NoBucket,
	"InvalidBucketName":              S3NoBucket,
	"InvalidAccessKeyId":             S3Keys,
	"SignatureDoesNotMatch":          S3Keys,
	"XAdminUserNotFound":             S3Keys,
	"InvalidToken":                   S3Keys,
	"ExpiredToken":                   S3Keys,
	"ExpiredTokenException":          S3Keys,
	"TokenRefreshRequired":           S3Keys,
	"InvalidSecurity":                S3Keys,
	"AuthorizationHeaderMalformed":   S3Region,
	"InvalidRegion":                  S3Region,
	"IncorrectEndpoint":              S3Region,
	"PermanentRedirect":              S3Region,
	"TemporaryRedirect":              S3Region,
	"RequestTimeTooSkewed":           S3Clock,
	"SlowDown":                       S3Busy,
	"ServiceUnavailable":             S3Busy,
	"InternalError":                  S3Busy,
	"QuotaExceeded":                  S3Full,
	"InsufficientStorage":            S3Full,
	"XMinioStorageFull":              S3Full,
	"XMinioAdminBucketQuotaExceeded": S3Full,
}

var byStatus = map[int]S3Fault{
	http.StatusMovedPermanently:    S3Region,
	http.StatusTemporaryRedirect:   S3Region,
	http.StatusUnauthorized:        S3Keys,
	http.StatusForbidden:           S3Denied,
	http.StatusTooManyRequests:     S3Busy,
	http.StatusInternalServerError: S3Busy,
	http.StatusBadGateway:          S3Busy,
	http.StatusServiceUnavailable:  S3Busy,
	http.StatusGatewayTimeout:      S3Busy,
	http.StatusInsufficientStorage: S3Full,
}

// FaultOfS3 says what is wrong; region is that of the bucket, where the service tells it.
func FaultOfS3(err error) (fault S3Fault, region string) {
	var answer minio.ErrorResponse
	switch {
	case errors.Is(err, blob.ErrInvalidCredentials):
		return S3Keys, ""
	case errors.As(err, &answer):
		return faultOfAnswer(answer), answer.Region
	case isCertificate(err):
		return S3Certificate, ""
	case isProtocol(err):
		return S3Protocol, ""
	}
	var (
		network net.Error
		request *url.Error
	)
	if errors.As(err, &network) || errors.As(err, &request) {
		return S3Unreachable, ""
	}
	return S3FaultUnknown, ""
}

func faultOfAnswer(answer minio.ErrorResponse) S3Fault {
	if strings.Contains(answer.Message, "HTTP request to an HTTPS server") {
		return S3Protocol
	}
	if fault, ok := byCode[answer.Code]; ok {
		return fault
	}
	return byStatus[answer.StatusCode]
}

func isCertificate(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

func isProtocol(err error) bool {
	var header tls.RecordHeaderError
	return errors.As(err, &header) || strings.Contains(err.Error(), http.ErrSchemeMismatch.Error())
}

// code is the error code of a service's answer, empty if the error is none.
func code(err error) string {
	var answer minio.ErrorResponse
	_ = errors.As(err, &answer)
	return answer.Code
}

// status is the HTTP status of a service's answer, 0 if the error is none.
func status(err error) int {
	var answer minio.ErrorResponse
	_ = errors.As(err, &answer)
	return answer.StatusCode
}
