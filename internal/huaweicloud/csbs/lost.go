package csbs

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// newestLooked is how many of a server's newest points are looked at for one that nobody knows.
const newestLooked = 50

// checkLost warns of a manual point without a mark that was finished in the last hour and that this process does not
// know. A run that was killed right after it took the mark off may have asked for it, and so may somebody in the
// console: it is not taken up.
func (s *Service) checkLost(ctx context.Context, serverID string) []backup.Problem {
	looked := 0
	for it, err := range s.items(ctx, url.Values{"resource_id": {serverID}}) {
		if looked++; err != nil || looked > newestLooked {
			return nil // The apply says what is wrong; a plan need not fail for it.
		}
		young := s.now().Sub(it.ExtendInfo.FinishedAt.Time) <= orphanAge
		if it.ResourceID != serverID || it.Status != available || !young || it.mark() != "" || it.ExtendInfo.AutoTrigger.Value || s.requests.has(it.ID) {
			continue
		}
		return []backup.Problem{{
			Path: []string{"server_id"}, Summary: "Recent Manual Point", Warning: true,
			Detail: fmt.Sprintf("The server %s has the point %s, finished at %s. If a run of this configuration that was interrupted asked for it, and no state has it, "+
				"do not apply, which takes another point, but import it with\n\n    import {\n      to = <address of the resource>\n      id = %q\n    }\n\n"+
				"or with\n\n    terraform import <address of the resource> %s", serverID, it.ID, it.ExtendInfo.FinishedAt.Format(time.RFC3339), it.ID, it.ID),
		}}
	}
	return nil
}
