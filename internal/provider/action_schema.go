package provider

import (
	"fmt"

	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// actionAttribute is the attribute of an action that means the same as one of a resource. The framework has
// types of their own for them.
func actionAttribute(a schema.Attribute) actionschema.Attribute {
	switch a := a.(type) {
	case schema.StringAttribute:
		return actionschema.StringAttribute{Required: a.Required, Optional: a.Optional, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
	case schema.BoolAttribute:
		return actionschema.BoolAttribute{Required: a.Required, Optional: a.Optional, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
	case schema.Int64Attribute:
		return actionschema.Int64Attribute{Required: a.Required, Optional: a.Optional, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
	case schema.ListAttribute:
		return actionschema.ListAttribute{ElementType: a.ElementType, Required: a.Required, Optional: a.Optional, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
	case schema.SetAttribute:
		return actionschema.SetAttribute{ElementType: a.ElementType, Required: a.Required, Optional: a.Optional, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
	case schema.MapAttribute:
		return actionschema.MapAttribute{ElementType: a.ElementType, Required: a.Required, Optional: a.Optional, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
	case schema.SingleNestedAttribute:
		members := make(map[string]actionschema.Attribute, len(a.Attributes))
		for name, member := range a.Attributes {
			members[name] = actionAttribute(member)
		}
		return actionschema.SingleNestedAttribute{Attributes: members, Required: a.Required, Optional: a.Optional, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
	default:
		// A kind of attribute that no service has had until now; every test that starts the provider finds it.
		panic(fmt.Sprintf("actionAttribute does not know %T", a))
	}
}
