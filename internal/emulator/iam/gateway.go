package iam

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// maxSigned is the largest body of a signed request (§1.3).
const maxSigned = 12 << 20

// Gateway is what stands before a service: it refuses requests without a good token or signature with
// 401, and those for another project with 403. The path of the service has the project as {project}.
func (i *IAM) Gateway(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := i.refuses(w, r); why != "" {
			GatewayError(w, http.StatusUnauthorized, "APIGW.0301", "Incorrect IAM authentication information: "+why)
			return
		}
		if project := r.PathValue("project"); project != i.Account.ProjectID {
			GatewayError(w, http.StatusForbidden, "APIGW.0302", "The project in the path is not the one of the credentials")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// known is Gateway for calls of IAM, which have no project.
func (i *IAM) known(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := i.refuses(w, r); why != "" {
			identityError(w, http.StatusUnauthorized, "The request you have made requires authentication.")
			return
		}
		next(w, r)
	})
}

// refuses says what is wrong with the credentials of a request; nothing if they are good.
func (i *IAM) refuses(w http.ResponseWriter, r *http.Request) string {
	authorization := r.Header.Get("Authorization")
	if !strings.HasPrefix(authorization, algorithm) {
		if !i.e.Tokens.Valid(r.Header.Get("X-Auth-Token")) {
			return "verify token failed"
		}
		return ""
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSigned))
	if err != nil {
		return "body too large"
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if i.Account.SecurityToken != r.Header.Get("X-Security-Token") {
		return "verify security token failed"
	}
	if !verify(r, body, authorization, i.Account.AccessKey, i.Account.SecretKey) {
		return "verify aksk signature fail"
	}
	return ""
}

// GatewayError has the form of the API gateway (§1.5).
func GatewayError(w http.ResponseWriter, status int, code, message string) {
	const request = "00000000000000000000000000000000"
	w.Header().Set("X-Request-Id", request)
	Reply(w, status, map[string]string{"error_msg": message, "error_code": code, "request_id": request})
}

// Unpublished is the answer to a path that no service has (§1.5).
func Unpublished(w http.ResponseWriter, _ *http.Request) {
	GatewayError(w, http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment")
}
