package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// plan measures Terraform's plan of a state with many servers and points of which nothing has changed,
// in a repository with these points, and then with many more that the state does not have.
func (b *run) plan() error {
	if !b.has("terraform") {
		return nil
	}
	t, err := b.newTerraform()
	if err != nil {
		return err
	}
	if err := t.calibrate(); err != nil {
		return err
	}
	applied, err := t.apply()
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "The apply of %d servers and %d points took %s, and %s of processors.\n",
		b.servers, b.planned, seconds(applied.time), seconds(applied.cpu))
	if err := t.measure(fmt.Sprintf("plan, nothing changed, %d servers and %d points", b.servers, b.planned)); err != nil {
		return err
	}
	more := b.options.points - b.planned
	if more <= 0 {
		return fresh(t.dir, t.config().Repository)
	}
	if t.server, err = t.output("server"); err != nil {
		return err
	}
	if err := t.grow(more); err != nil {
		return err
	}
	if err := t.measure(fmt.Sprintf("the same, with %d points in the repository", b.options.points)); err != nil {
		return err
	}
	return fresh(t.dir, t.config().Repository)
}

// measure prints what plans take.
func (t *terraform) measure(name string) error {
	var plans, providers samples
	processes, opened, listed := 0, 0, 0
	for range t.runs {
		w, err := watchRepository(t.config().Repository)
		if err != nil {
			return err
		}
		s, planErr := t.planNothing()
		o, l, err := w.stop()
		if planErr != nil {
			return planErr
		}
		if err != nil {
			return err
		}
		costs, err := takeCosts(t.costs)
		if err != nil {
			return err
		}
		var largest sample
		for _, c := range costs {
			largest.memory = max(largest.memory, c.Memory)
		}
		plans, providers = append(plans, s), append(providers, largest)
		processes, opened, listed = max(processes, len(costs)), max(opened, o), max(listed, l)
	}
	printRow(name, seconds(plans.time()), seconds(plans.cpu())+" of processors", 0)
	printRow("memory of the provider in that plan", mib(providers.memory()), "–", 0)
	printRow("the repository in that plan", fmt.Sprintf("opened %d ×, listed %d ×", opened, listed),
		fmt.Sprintf("%d processes of the provider", processes), 0)
	return nil
}

// calibrate proves that counting works: a process of ours opens the repository once and lists it once.
func (t *terraform) calibrate() error {
	source := filepath.Join(t.dir, "first")
	if err := makeTree(source, 1, 100); err != nil {
		return err
	}
	c, err := t.newContestant("calibration", "", source)
	if err != nil {
		return err
	}
	w, err := watchRepository(c.config().Repository)
	if err != nil {
		return err
	}
	_, _, listErr := t.ours(operation{Config: c.config(), Do: "list"})
	opened, listed, err := w.stop()
	switch {
	case listErr != nil:
		return listErr
	case err != nil:
		return err
	case opened != 1 || listed != 1:
		return fmt.Errorf("a list is counted as %d openings and %d listings of the repository", opened, listed)
	}
	return fresh(c.config().Repository)
}
