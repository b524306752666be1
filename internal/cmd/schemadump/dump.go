package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// object is a JSON object; encoding/json sorts its keys, so that the output does not move by itself.
type object map[string]any

// put sets a member unless the value is the zero value of its type: the CLI leaves those out.
func put[T comparable](o object, key string, value T) {
	var zero T
	if value != zero {
		o[key] = value
	}
}

// putAll sets a member unless there is nothing in it.
func putAll(o object, key string, value object) {
	if len(value) > 0 {
		o[key] = value
	}
}

// convert applies f to each member of a map.
func convert[T any](members map[string]T, f func(T) object) object {
	out := make(object, len(members))
	for name, member := range members {
		out[name] = f(member)
	}
	return out
}

// providerJSON asks the server for everything it declares.
func providerJSON(ctx context.Context, server tfprotov6.ProviderServer) (object, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	if err := diagnosticsError(schemas.Diagnostics); err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	if err := diagnosticsError(identities.Diagnostics); err != nil {
		return nil, err
	}

	out := object{}
	if schemas.Provider != nil {
		out["provider"] = schemaJSON(schemas.Provider)
	}
	putAll(out, "resource_schemas", convert(schemas.ResourceSchemas, schemaJSON))
	putAll(out, "data_source_schemas", convert(schemas.DataSourceSchemas, schemaJSON))
	putAll(out, "ephemeral_resource_schemas", convert(schemas.EphemeralResourceSchemas, schemaJSON))
	putAll(out, "list_resource_schemas", convert(schemas.ListResourceSchemas, schemaJSON))
	putAll(out, "action_schemas", convert(schemas.ActionSchemas, actionJSON))
	putAll(out, "functions", convert(schemas.Functions, functionJSON))
	putAll(out, "resource_identity_schemas", convert(identities.IdentitySchemas, identityJSON))
	return out, nil
}

func diagnosticsError(diagnostics []*tfprotov6.Diagnostic) error {
	var errs []error
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errs = append(errs, fmt.Errorf("%s: %s", d.Summary, d.Detail))
		}
	}
	return errors.Join(errs...)
}

func schemaJSON(s *tfprotov6.Schema) object {
	return object{"version": s.Version, "block": blockJSON(s.Block)}
}

// actionJSON leaves the version out: an action has no state that could be of an older one.
func actionJSON(a *tfprotov6.ActionSchema) object {
	return object{"block": blockJSON(a.Schema.Block)}
}

func blockJSON(b *tfprotov6.SchemaBlock) object {
	out := object{}
	describe(out, b.Description, b.DescriptionKind)
	put(out, "deprecated", b.Deprecated)
	put(out, "deprecation_message", b.DeprecationMessage)
	putAll(out, "attributes", attributesJSON(b.Attributes))

	nested := object{}
	for _, n := range b.BlockTypes {
		member := object{
			"nesting_mode": blockNesting(n.Nesting),
			"block":        blockJSON(n.Block),
		}
		put(member, "min_items", n.MinItems)
		put(member, "max_items", n.MaxItems)
		nested[n.TypeName] = member
	}
	putAll(out, "block_types", nested)
	return out
}

func attributesJSON(attributes []*tfprotov6.SchemaAttribute) object {
	out := object{}
	for _, a := range attributes {
		member := object{}
		describe(member, a.Description, a.DescriptionKind)
		if a.NestedType != nil {
			member["nested_type"] = object{
				"nesting_mode": attributeNesting(a.NestedType.Nesting),
				"attributes":   attributesJSON(a.NestedType.Attributes),
			}
		} else {
			member["type"] = a.Type
		}
		put(member, "required", a.Required)
		put(member, "optional", a.Optional)
		put(member, "computed", a.Computed)
		put(member, "sensitive", a.Sensitive)
		put(member, "write_only", a.WriteOnly)
		put(member, "deprecated", a.Deprecated)
		put(member, "deprecation_message", a.DeprecationMessage)
		out[a.Name] = member
	}
	return out
}

func identityJSON(s *tfprotov6.ResourceIdentitySchema) object {
	attributes := object{}
	for _, a := range s.IdentityAttributes {
		member := object{"type": a.Type}
		put(member, "description", a.Description)
		put(member, "required_for_import", a.RequiredForImport)
		put(member, "optional_for_import", a.OptionalForImport)
		attributes[a.Name] = member
	}
	return object{"version": s.Version, "attributes": attributes}
}

func functionJSON(f *tfprotov6.Function) object {
	out := object{"return_type": f.Return.Type}
	put(out, "summary", f.Summary)
	put(out, "description", f.Description)
	put(out, "deprecation_message", f.DeprecationMessage)

	var parameters []object
	for _, p := range f.Parameters {
		parameters = append(parameters, parameterJSON(p))
	}
	if len(parameters) > 0 {
		out["parameters"] = parameters
	}
	if f.VariadicParameter != nil {
		out["variadic_parameter"] = parameterJSON(f.VariadicParameter)
	}
	return out
}

func parameterJSON(p *tfprotov6.FunctionParameter) object {
	out := object{"name": p.Name, "type": p.Type}
	put(out, "description", p.Description)
	put(out, "is_nullable", p.AllowNullValue)
	return out
}

// describe sets the kind even where there is no text, as the CLI does.
func describe(o object, text string, kind tfprotov6.StringKind) {
	put(o, "description", text)
	o["description_kind"] = "plain"
	if kind == tfprotov6.StringKindMarkdown {
		o["description_kind"] = "markdown"
	}
}

func blockNesting(mode tfprotov6.SchemaNestedBlockNestingMode) string {
	switch mode {
	case tfprotov6.SchemaNestedBlockNestingModeSingle:
		return "single"
	case tfprotov6.SchemaNestedBlockNestingModeList:
		return "list"
	case tfprotov6.SchemaNestedBlockNestingModeSet:
		return "set"
	case tfprotov6.SchemaNestedBlockNestingModeMap:
		return "map"
	case tfprotov6.SchemaNestedBlockNestingModeGroup:
		return "group"
	default:
		return "invalid"
	}
}

func attributeNesting(mode tfprotov6.SchemaObjectNestingMode) string {
	switch mode {
	case tfprotov6.SchemaObjectNestingModeSingle:
		return "single"
	case tfprotov6.SchemaObjectNestingModeList:
		return "list"
	case tfprotov6.SchemaObjectNestingModeSet:
		return "set"
	case tfprotov6.SchemaObjectNestingModeMap:
		return "map"
	default:
		return "invalid"
	}
}
