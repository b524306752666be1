package cbr

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// parseOffset reads what [huaweicloud.FormatOffset] writes, also without the minutes or with UTC alone.
func parseOffset(text string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(text)), "UTC")
	if !ok || rest == "" {
		return 0, ok
	}
	if rest[0] != '+' && rest[0] != '-' {
		return 0, false
	}
	hours, minutes, _ := strings.Cut(rest[1:], ":")
	h, errHours := strconv.ParseUint(hours, 10, 8)
	m, errMinutes := strconv.ParseUint(minutes, 10, 8)
	if minutes == "" {
		m, errMinutes = 0, nil
	}
	if errHours != nil || errMinutes != nil || h > 14 || m > 59 {
		return 0, false
	}
	offset := time.Duration(h*60+m) * time.Minute
	if rest[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// oddZones are zones with a standard offset that is no whole number of hours, one for each.
var oddZones = map[string]string{
	"UTC-09:30": "Pacific/Marquesas",
	"UTC-03:30": "America/St_Johns",
	"UTC+03:30": "Asia/Tehran",
	"UTC+04:30": "Asia/Kabul",
	"UTC+05:30": "Asia/Kolkata",
	"UTC+05:45": "Asia/Kathmandu",
	"UTC+06:30": "Asia/Yangon",
	"UTC+08:45": "Australia/Eucla",
	"UTC+09:30": "Australia/Darwin",
	"UTC+10:30": "Australia/Lord_Howe",
	"UTC+12:45": "Pacific/Chatham",
}

// zoneName returns an IANA zone with a standard offset, and false if there is none. Whole hours are the
// zones Etc/GMT, whose sign is that of POSIX: Etc/GMT-8 is UTC+08:00.
func zoneName(offset time.Duration) (string, bool) {
	hours := int(offset / time.Hour)
	switch {
	case offset == 0:
		return "UTC", true
	case offset%time.Hour != 0:
		name, ok := oddZones[huaweicloud.FormatOffset(offset)]
		return name, ok
	case hours < -12 || hours > 14:
		return "", false
	}
	return fmt.Sprintf("Etc/GMT%+d", -hours), true
}
