package provider

import (
	"errors"
	"go/ast"
	"go/build"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/serverbackup/terraform-provider-serverbackup"
	// hole stands for the part of a summary that only a run knows, such as an id.
	hole = "…"
)

// summaryArguments are the functions of the framework that make a diagnostic, and which argument is its summary.
var summaryArguments = map[string]int{
	"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1,
	"NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0,
	"NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
}

// summary is the title of a diagnostic as the code builds it, and where its text is.
type summary struct {
	text string
	at   token.Pos
}

// value is what an expression has, or the result of a call with that index.
type value struct {
	ast.Expr
	result int
}

// source is the Go code that the provider consists of. Only the module's own packages are read: what a
// library declares stays unknown to the type checker, which is no hindrance.
type source struct {
	t        *testing.T
	root     string
	files    *token.FileSet
	packages map[string]*types.Package
	info     types.Info

	// values are what variables, parameters and fields of structs are given.
	values map[types.Object][]value
	// returns are the return statements of functions, and methods those of one name, for calls by an interface.
	returns map[types.Object][]*ast.ReturnStmt
	methods map[string][]types.Object
	// literals are the functions without a name, by the variable that holds them.
	literals map[*ast.FuncLit]types.Object
	calls    []*ast.CallExpr
}

// readSource reads the package at path below the root of the module, and all that it imports of the module.
func readSource(t *testing.T, root, path string) *source {
	t.Helper()
	s := &source{
		t: t, root: root, files: token.NewFileSet(), packages: map[string]*types.Package{},
		info: types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		},
		values: map[types.Object][]value{}, returns: map[types.Object][]*ast.ReturnStmt{}, methods: map[string][]types.Object{},
		literals: map[*ast.FuncLit]types.Object{},
	}
	if _, err := s.Import(module + "/" + path); err != nil {
		t.Fatal(err)
	}
	for _, call := range s.calls {
		s.pass(call)
	}
	return s
}

// Import makes source a [types.Importer].
func (s *source) Import(path string) (*types.Package, error) {
	if p := s.packages[path]; p != nil {
		return p, nil
	}
	rest, own := strings.CutPrefix(path, module+"/")
	if !own {
		return nil, errors.New("not a package of this module")
	}
	dir := filepath.Join(s.root, filepath.FromSlash(rest))
	found, err := build.ImportDir(dir, 0) // the files of this platform
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range found.GoFiles {
		f, err := parser.ParseFile(s.files, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	cfg := types.Config{Importer: s, Error: func(error) {}} // what libraries declare is missing
	p, _ := cfg.Check(path, s.files, files, &s.info)
	s.packages[path] = p
	for _, f := range files {
		s.index(f)
	}
	return p, nil
}

// object is what a name stands for; of something generic, the declaration.
func (s *source) object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		switch o := s.info.ObjectOf(e).(type) {
		case *types.Var:
			return o.Origin()
		case *types.Func:
			return o.Origin()
		case nil:
			return nil
		default:
			return o
		}
	case *ast.SelectorExpr:
		return s.object(e.Sel)
	case *ast.IndexExpr:
		return s.object(e.X)
	default:
		return nil
	}
}

func (s *source) give(to types.Object, e ast.Expr, result int) {
	if to == nil {
		return
	}
	s.values[to] = append(s.values[to], value{e, result})
	if f, ok := e.(*ast.FuncLit); ok {
		s.literals[f] = to
	}
}

// index notes what a file gives to variables and fields, what its functions return, and its calls.
func (s *source) index(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			o := s.object(n.Name)
			s.returns[o] = returnsOf(n.Body)
			s.methods[n.Name.Name] = append(s.methods[n.Name.Name], o)
		case *ast.AssignStmt:
			s.assign(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			var names []ast.Expr
			for _, name := range n.Names {
				names = append(names, name)
			}
			s.assign(names, n.Values)
		case *ast.CompositeLit:
			s.fields(n)
		case *ast.CallExpr:
			s.calls = append(s.calls, n)
		}
		return true
	})
}

func returnsOf(body *ast.BlockStmt) (list []*ast.ReturnStmt) {
	if body == nil {
		return nil
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			list = append(list, r)
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
	return list
}

func (s *source) assign(to, from []ast.Expr) {
	for i, name := range to {
		switch {
		case len(from) == len(to):
			s.give(s.object(name), from[i], 0)
		case len(from) == 1:
			s.give(s.object(name), from[0], i)
		}
	}
}

// fields are those of a struct that a literal sets, by name or in their order.
func (s *source) fields(lit *ast.CompositeLit) {
	var st *types.Struct
	if tv, ok := s.info.Types[lit]; ok && tv.Type != nil {
		st, _ = tv.Type.Underlying().(*types.Struct)
	}
	for i, e := range lit.Elts {
		kv, named := e.(*ast.KeyValueExpr)
		switch {
		case named && st != nil:
			s.give(s.object(kv.Key), kv.Value, 0)
		case st != nil && i < st.NumFields():
			s.give(st.Field(i).Origin(), e, 0)
		}
	}
}

// pass gives the arguments of a call to the parameters of what is called.
func (s *source) pass(call *ast.CallExpr) {
	for _, params := range s.signatures(s.object(call.Fun), nil) {
		for i, arg := range call.Args {
			if i < params.Len() {
				s.give(params.At(i).Origin(), arg, 0)
			}
		}
	}
}

// signatures are the parameters of a function, or of all functions that a variable can hold.
func (s *source) signatures(o types.Object, seen []types.Object) (list []*types.Tuple) {
	if o == nil || slices.Contains(seen, o) {
		return nil
	}
	if f, ok := o.(*types.Func); ok {
		return []*types.Tuple{f.Signature().Params()}
	}
	for _, v := range s.values[o] {
		if lit, ok := v.Expr.(*ast.FuncLit); ok {
			if sig, ok := s.info.TypeOf(lit).(*types.Signature); ok {
				list = append(list, sig.Params())
			}
			continue
		}
		list = append(list, s.signatures(s.object(v.Expr), append(seen, o))...)
	}
	return list
}

// summaries are those of all diagnostics, and where they are.
func (s *source) summaries() map[string]token.Position {
	all := s.arguments(func(call *ast.CallExpr) (int, bool) {
		name, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return 0, false
		}
		i, ok := summaryArguments[name.Sel.Name]
		return i, ok
	})
	if at, ok := all[hole]; ok {
		s.t.Errorf("%s: it is not plain what the summary is", at)
		delete(all, hole)
	}
	return all
}

// arguments are the texts that calls are given, and where they are. Which says of a call which argument counts.
func (s *source) arguments(which func(*ast.CallExpr) (int, bool)) map[string]token.Position {
	all := map[string]token.Position{}
	for _, call := range s.calls {
		i, ok := which(call)
		if !ok || i >= len(call.Args) {
			continue
		}
		for _, found := range s.texts(value{call.Args[i], 0}, nil) {
			all[found.text] = s.files.Position(found.at)
		}
	}
	return all
}

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

// texts are what an expression can be. What is being looked at already is left out.
func (s *source) texts(v value, seen []types.Object) []summary {
	e := ast.Unparen(v.Expr)
	unknown := []summary{{hole, e.Pos()}}
	if c := s.info.Types[e].Value; c != nil && c.Kind() == constant.String {
		return []summary{{constant.StringVal(c), e.Pos()}}
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		var list []summary
		for _, left := range s.texts(value{e.X, 0}, seen) {
			for _, right := range s.texts(value{e.Y, 0}, seen) {
				at := left.at
				if len(right.text) > len(left.text) {
					at = right.at
				}
				list = append(list, summary{left.text + right.text, at})
			}
		}
		return list
	case *ast.CallExpr:
		return s.result(e, v.result, seen)
	case *ast.Ident, *ast.SelectorExpr:
		o := s.object(e)
		if o == nil || slices.Contains(seen, o) {
			return unknown
		}
		var list []summary
		for _, given := range s.values[o] {
			list = append(list, s.texts(given, append(slices.Clone(seen), o))...)
		}
		return orUnknown(list, unknown)
	default:
		return unknown
	}
}

// result is what a function of this module returns, or what a format is without its values.
func (s *source) result(call *ast.CallExpr, i int, seen []types.Object) []summary {
	unknown := []summary{{hole, call.Pos()}}
	if name, ok := call.Fun.(*ast.SelectorExpr); ok && name.Sel.Name == "Sprintf" {
		list := s.texts(value{call.Args[0], 0}, seen)
		for i := range list {
			list[i].text = verb.ReplaceAllString(list[i].text, hole)
		}
		return list
	}
	o := s.object(call.Fun)
	if o == nil || slices.Contains(seen, o) {
		return unknown
	}
	seen = append(slices.Clone(seen), o)
	callees := []types.Object{o}
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil && types.IsInterface(f.Signature().Recv().Type()) {
		callees = s.methods[f.Name()]
	}
	var list []summary
	for _, callee := range callees {
		for _, r := range s.returns[callee] {
			if i < len(r.Results) {
				list = append(list, s.texts(value{r.Results[i], 0}, seen)...)
			}
		}
	}
	return orUnknown(list, unknown)
}

// orUnknown leaves out what is there twice, and what says nothing: an id that is still empty is in no message.
func orUnknown(list, unknown []summary) []summary {
	list = slices.DeleteFunc(list, func(s summary) bool { return s.text == "" })
	slices.SortStableFunc(list, func(a, b summary) int { return strings.Compare(a.text, b.text) })
	list = slices.CompactFunc(list, func(a, b summary) bool { return a.text == b.text })
	if len(list) == 0 {
		return unknown
	}
	return list
}
