package backup

// PolicyTranslator is a service that does not keep a policy as it was written, such as one whose
// schedules are in UTC. What it says of a policy is compared with what it would say had it been written
// as the caller knows it: while the two are equal, nothing has changed.
type PolicyTranslator interface {
	// StoredPolicy returns how [PolicyService.Policy] shows a policy that is written as p. Read-only
	// members are left as they are, and so is what [PolicyService.CheckPolicy] complains of.
	StoredPolicy(p Policy) Policy
}
