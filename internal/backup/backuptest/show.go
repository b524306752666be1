package backuptest

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// show prints a value for a failure message, with what pointers point to rather than addresses.
func show(v any) string {
	value := reflect.ValueOf(v)
	switch {
	case !value.IsValid():
		return "nil"
	case value.Kind() == reflect.Pointer && value.IsNil():
		return "nil"
	case value.Kind() == reflect.Pointer:
		return show(value.Elem().Interface())
	case value.Kind() == reflect.String:
		return fmt.Sprintf("%q", value.String())
	case value.Kind() != reflect.Struct:
		return fmt.Sprintf("%+v", v)
	}
	var members []string
	for i := range value.NumField() {
		if f := value.Type().Field(i); f.IsExported() && !value.Field(i).IsZero() {
			members = append(members, f.Name+": "+show(value.Field(i).Interface()))
		}
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// utc wants a time in UTC.
func (s *suite) utc(what, name string, t time.Time) {
	s.Helper()
	if t.Location() != time.UTC {
		s.Errorf("%s: %s is in zone %s; times of the domain are UTC", what, name, t.Location())
	}
}
