package backupcenter

import (
	"crypto/subtle"
	"io"
	"net/http"
	"strings"
	"time"
)

const tokenLifetime = 30 * time.Minute

// tokenV2 is the OAuth 2 spelling; the form may also come as JSON.
func (s *Server) tokenV2(w http.ResponseWriter, r *http.Request) {
	if s.options.OnlyTokenV1 {
		http.NotFound(w, r)
		return
	}
	s.token(w, r, func(token string) object {
		return object{"access_token": token, "token_type": "Bearer", "expires_in": int(tokenLifetime.Seconds()), "refresh_expires_in": 0}
	})
}

// tokenV1 is the camelCase spelling.
func (s *Server) tokenV1(w http.ResponseWriter, r *http.Request) {
	s.token(w, r, func(token string) object {
		return object{"accessToken": token, "expiresIn": int(tokenLifetime.Seconds())}
	})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request, answer func(token string) object) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if !strings.Contains(string(body), "client_credentials") {
		write(w, http.StatusBadRequest, object{"errors": []object{{"code": "INVALID_GRANT_TYPE", "message": "grant type is not supported"}}})
		return
	}
	id, secret, _ := r.BasicAuth()
	if !equal(id, s.options.ClientID) || !equal(secret, s.options.ClientSecret) {
		write(w, http.StatusUnauthorized, object{"errors": []object{{"code": "AUTHENTICATION_FAILED", "message": "Authentication failed"}}})
		return
	}
	write(w, http.StatusOK, answer(s.Tokens.Issue(tokenLifetime)))
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (s *Server) authorized(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && s.Tokens.Valid(token)
}

func (s *Server) stale(w http.ResponseWriter) {
	if s.options.StaleTokenIs500 {
		write(w, http.StatusInternalServerError, []object{{"code": "IAM_VALIDATION_ERROR", "message": "IAM validation error"}})
		return
	}
	write(w, http.StatusUnauthorized, []object{{"code": "IAM_UNAUTHORIZED", "message": "Unauthorized"}})
}

func (s *Server) denied(*http.Request) (int, any, error) {
	return 0, nil, failure{http.StatusForbidden, "IAM_PERMISSION_DENIED", "IAM denied action"}
}
