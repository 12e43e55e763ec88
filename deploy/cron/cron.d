# trialwatch for /etc/cron.d, where nobody's own jobs are touched (docs/operating.md): install it as
# /etc/cron.d/trialwatch; cron reads no name with a dot. Times are the machine's: have it in UTC, or move them.
SHELL=/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
# Who is mailed what a job says; a job speaks when it fails.
MAILTO=root

# one night; the previous weekday's data are out by then
30 2 * * *  trialwatch  /srv/trialwatch/deploy/cron/job run --no-prefect
# digests of 06:00 UTC, and mail that is to be tried again
5 * * * *   trialwatch  /srv/trialwatch/deploy/cron/job deliver
# the guard against nights that do not happen
15 9 * * *  trialwatch  /srv/trialwatch/deploy/cron/job watchdog
# a copy of the store a day, seven of them
40 4 * * *  trialwatch  /srv/trialwatch/deploy/cron/job backup "/var/lib/trialwatch/backups/store-$(date +\%u).duckdb"
