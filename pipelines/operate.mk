#!/usr/bin/make -f
# operate.mk: the operator's targets; the Makefile includes it, and it works alone where callpipe is
# installed: make -f /usr/local/share/callpipe/pipelines/operate.mk morning
#
#   make backfill DAYS=60       all of the last 60 days
#   make range FROM=2024-01-15 TO=2024-01-20 JOBS=4
#                               day after day, four of them side by side, as one batch
#   make day/2024-01-15         one day; any number of them, with -j
#   make daily                  what is new, as the timer does every night
#   make morning                summary, failed recordings, last errors, alerts, health
#   make retry-failed           everything that failed gets another chance
#   make gaps DAYS=30           what RingCentral has and the Drive has not
#   make backup                 the checkpoint into BACKUPS, with the settings that lie here
#   make incident               what a person needs first: load, alerts, checks, runs, errors
#   make evidence               audit chain, errors, runs, manifest and settings, packed, with its hash
#   make rollback               back to the version before; RESTORE=FILE for an older checkpoint
#   make drill                  restore the newest of BACKUPS into a scratch place, and measure
#
# The tools are those on the PATH, else those that `make` has built. Settings are the tools' own: the
# environment and .env.
#
# make ends with 2 for any failure, and names the status of the job ("Error 1": some records failed).
# A program that needs the status runs the script, such as range.sh, daily.sh or retry.sh, itself.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: targets backfill range daily morning retry-failed gaps backup drill incident \
	evidence rollback

DAYS ?=
JOBS ?= 1
BACKUPS ?= backups
EVIDENCE ?= evidence
CALLPIPE_CONFIG ?= config
PIPELINES := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
ifeq ($(shell command -v state-mark 2>/dev/null),)
export PATH := $(dir $(PIPELINES)).build/release:$(PATH)
endif

targets:
	@sed -n 's/^#   //p' $(PIPELINES)/operate.mk

# A run of its own notes how it went, and lets go of what it had in work when it ends.
RUN = state-run --name '$@' $(if $(BATCH),--batch '$(BATCH)') --

backfill:
	@$(RUN) $(PIPELINES)/backfill.sh $(DAYS)

# A day goes on where it was, so there are no stamps: the checkpoint knows what is done.
day/%:
	@$(RUN) $(PIPELINES)/day.sh $*

range:
	@BATCH='$(BATCH)' $(PIPELINES)/range.sh '$(FROM)' '$(or $(TO),$(FROM))' '$(JOBS)'

daily:
	@$(RUN) $(PIPELINES)/daily.sh $(DAYS)

morning:
	@$(PIPELINES)/morning.sh

retry-failed:
	@$(RUN) $(PIPELINES)/retry.sh --reset-attempts

gaps:
	@$(PIPELINES)/gaps.sh $(DAYS)

backup:
	@state-backup --keep 30d $(if $(wildcard .env $(CALLPIPE_CONFIG)),--with-config) $(BACKUPS)

drill:
	@state-restore --drill $(BACKUPS)

incident:
	@$(PIPELINES)/incident.sh

evidence:
	@$(PIPELINES)/evidence.sh $(EVIDENCE)

# An installation knows its PREFIX by its place.
rollback:
	@CALLPIPE_STATE="$${CALLPIPE_STATE:-$(DESTDIR)/var/lib/callpipe/state.db}" \
	    $(PIPELINES)/version.sh rollback \
	    '$(DESTDIR)$(or $(PREFIX),$(patsubst %/share/callpipe/pipelines,%,$(PIPELINES)))' $(RESTORE)
