package provider

import (
	"go/ast"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const troubleshooting = "templates/guides/troubleshooting.md.tmpl"

// TestTroubleshooting compares the page with the code: it has a line for every summary of a diagnostic, and none
// that nothing says any more.
func TestTroubleshooting(t *testing.T) {
	t.Parallel()
	page := readPage(t)
	told := map[string]bool{}
	for _, row := range page.tables["Message"] {
		message := linkText(row[0])
		if told[message] {
			t.Errorf("%s is there twice", message)
		}
		told[message] = true
	}
	said := readSource(t, page.root, "internal/provider").summaries()
	if len(said) < 150 {
		t.Errorf("only %d summaries are found in the code", len(said))
	}
	for _, message := range slices.Sorted(maps.Keys(said)) {
		if !told[message] {
			t.Errorf("the page has no line for %q of %s", message, said[message])
		}
		delete(told, message)
	}
	for _, message := range slices.Sorted(maps.Keys(told)) {
		t.Errorf("the page has a line for %q, which no code says", message)
	}
}

// TestTroubleshootingAgent does the same with what the command agent says when it ends or fails.
func TestTroubleshootingAgent(t *testing.T) {
	t.Parallel()
	page := readPage(t)
	// The flags are read by the standard library, whose code is not looked at.
	said := map[string]string{"flag provided but not defined": "flag", "invalid value": "flag"}
	var own []string
	for text, at := range readSource(t, page.root, "internal/local/agent").arguments(errorText) {
		text = verb.ReplaceAllString(text, hole)
		said[text] = at.String()
		if filepath.Base(filepath.Dir(at.Filename)) == "agent" && !wrapping.MatchString(text) {
			own = append(own, text)
		}
	}
	var told []string
	for _, row := range page.tables["Text"] {
		told = append(told, strings.Split(row[0], ", ")...)
	}
	slices.Sort(own)
	for _, text := range own {
		if !slices.ContainsFunc(told, func(phrase string) bool { return strings.Contains(text, phrase) }) {
			t.Errorf("the page has no line for %q of %s", text, said[text])
		}
	}
	for _, phrase := range told {
		found := false
		for text := range said {
			found = found || strings.Contains(text, phrase)
		}
		if !found {
			t.Errorf("the page has a line for %q, which no code says", phrase)
		}
	}
}

// wrapping texts only say what the error is about that they begin or end with.
var wrapping = regexp.MustCompile(`^\w+ …: …$|^…: `)

// errorText is the first argument of what makes or logs an error.
func errorText(call *ast.CallExpr) (int, bool) {
	switch types.ExprString(call.Fun) {
	case "errors.New", "fmt.Errorf", "log.Error", "a.log.Error":
		return 0, true
	}
	return 0, false
}

// guidePage is the page without its long entries.
type guidePage struct {
	// root is that of the repository.
	root string
	// tables are the rows of all tables, by the head of their first column.
	tables map[string][][]string
}

var (
	pageHeading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	pageAnchor  = regexp.MustCompile(`\]\(#([^)]*)\)`)
	pageLink    = regexp.MustCompile(`^\[(.+)\]\(#.+\)$`)
	notInAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// readPage also checks what holds for any page: links lead to headings, and every cell of a table says something.
func readPage(t *testing.T) guidePage {
	t.Helper()
	page := guidePage{root: filepath.Join("..", ".."), tables: map[string][][]string{}}
	text, err := os.ReadFile(filepath.Join(page.root, filepath.FromSlash(troubleshooting)))
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, m := range pageHeading.FindAllStringSubmatch(string(text), -1) {
		anchors[strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	for _, m := range pageAnchor.FindAllStringSubmatch(string(text), -1) {
		if !anchors[m[1]] {
			t.Errorf("no heading is #%s", m[1])
		}
	}
	head := ""
	for line := range strings.Lines(string(text)) {
		row, ok := cells(line)
		switch {
		case !ok:
			head = ""
		case head == "":
			head = row[0]
		case strings.HasPrefix(row[0], "---"):
		case slices.Contains(row, ""):
			t.Errorf("a cell is empty: %s", line)
		default:
			page.tables[head] = append(page.tables[head], row)
		}
	}
	return page
}

// cells are those of a line of a table.
func cells(line string) (row []string, ok bool) {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") {
		return nil, false
	}
	row = strings.Split(strings.Trim(line, "|"), "|")
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	return row, true
}

// linkText is what a cell shows.
func linkText(cell string) string {
	if m := pageLink.FindStringSubmatch(cell); m != nil {
		return m[1]
	}
	return cell
}
