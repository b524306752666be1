package backup

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNameLength is how many characters a name of anything may have; services may allow less.
const MaxNameLength = 255

// CheckName reports a name that no service takes: longer than [MaxNameLength] characters, not UTF-8,
// or with control characters such as line breaks, which would break the lines of logs and plans.
// Every other character is legal. An empty name is left to the service.
func CheckName(path []string, name string) []Problem {
	problem := func(detail string) []Problem {
		return []Problem{{Path: path, Summary: "Invalid Name", Detail: sentence(detail)}}
	}
	switch {
	case !utf8.ValidString(name):
		return problem("the name is not valid UTF-8")
	case strings.ContainsFunc(name, unicode.IsControl):
		return problem(fmt.Sprintf("the name %.60q contains a line break or another control character; leave it out", name))
	case utf8.RuneCountInString(name) > MaxNameLength:
		return problem(fmt.Sprintf("the name has %d characters; at most %d are allowed", utf8.RuneCountInString(name), MaxNameLength))
	}
	return nil
}

// sentence gives an error text a capital and a full stop, as details of diagnostics have.
func sentence(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(r)) + text[size:]
	if strings.HasSuffix(text, "?") || strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}
