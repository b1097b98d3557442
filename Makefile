# callpipe: the one entrance.
#
#   make deps      install what it needs: Debian's packages, whisper.cpp and a model
#   make whisper   build whisper.cpp's programs, once (WHISPER_NATIVE=1: for this processor alone)
#   make model     bring a model, once (MODEL=tiny.en)
#   make lexicon   bring the words of analyze --engine lexicon, once
#   make           build the tools for use (release), with every import checked
#   make check     everything that has to hold: format, build, tests, manuals, fences (sets up itself)
#   make test T=CheckpointTests   one test target, suite or test of it
#   make map       the architecture, computed from Package.swift
#   make bench     the cost of checkpoint, audio and speech, beside other programs (RECORDS=1000000)
#   make wer       the word error rate of transcribe, beside whisper-cli and faster-whisper
#   make demo      the whole pipeline on real speech against fake services on this machine
#   make serve     the web service over the demo's calls, on this machine alone (PORT=8000)
#   make install   under PREFIX (default /usr/local), below DESTDIR for packagers
#   make upgrade   the same as a version below PREFIX (such as /opt/callpipe), changed by one link
#   make rollback  back to the version before
#   make lint      source format, shell scripts, manuals, import fences
#   make fuzz-audio   hostile recordings for SECONDS=600, and nothing lost but their records
#   make fuzz-names   strange names of files, NAMES=10000 for each recorder, and no time made up
#   make fuzz-answers changed answers of engines, ANSWERS=10000 of each kind, and nothing said that was not
#   make fuzz-web     hostile requests to the web service, REQUESTS=100000, and none of them a fault
#   make crash-campaign   kill -9 everywhere, KILLS=1000 times, and see that nothing is lost
#   make week      three weeks of the schedules against fake services, with faults; IDLE=10
#   make clean     remove what was built
#
# The operator's targets, such as make daily, are in pipelines/operate.mk.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: all bench deps check clean crash-campaign demo fence fuzz-answers fuzz-audio fuzz-names fuzz-web install install-data \
	lexicon links lint map model next-steps packages peers serve test upgrade web-servers week wer whisper

all:

include pipelines/operate.mk

PREFIX ?= /usr/local
DESTDIR ?=
PROGRAMS := $(notdir $(patsubst %/main.swift,%,$(wildcard Sources/tools/*/*/main.swift)))
# Those that are no tools, with no options: tools start the one, web servers the other.
TOOLS := $(filter-out callpipe-decode %.cgi,$(PROGRAMS))
# Each call of swift leaves a folder TemporaryDirectory.* behind, which make clean removes here.
SWIFT := TMPDIR="$(CURDIR)/.build/tmp" swift
$(shell mkdir -p .build/tmp)
SWIFT_FLAGS := --explicit-target-dependency-import-check error
# The tools find the Swift runtime beside them, so that it is installed once.
# The programs of web servers lie one folder deeper.
RUNTIME_FLAGS := -Xswiftc -no-toolchain-stdlib-rpath -Xlinker '-rpath=$$ORIGIN/../lib/callpipe' \
	-Xlinker '-rpath=$$ORIGIN/../../lib/callpipe'
SWIFT_RUNTIME = $(shell $(SWIFT) -print-target-info | jq -r '.paths.runtimeLibraryPaths[0]')

PACKAGES := \
	libcurl4-openssl-dev libsqlite3-dev libssl-dev libsimdjson-dev libavformat-dev \
	libavcodec-dev libavutil-dev libswresample-dev libseccomp-dev libpcre2-dev libcsv-dev zlib1g-dev pkg-config \
	ca-certificates cmake curl g++ jq sqlite3 mandoc shellcheck ffmpeg python3 python3-pip openssl \
	binutils systemd logrotate prometheus prometheus-alertmanager prometheus-node-exporter \
	python3-aiosmtpd python3-srt python3-webvtt asterisk-core-sounds-en asterisk-core-sounds-en-g722 asterisk-core-sounds-en-wav

# Debian starts these two on port 80, so only those get them who test or serve.
WEB_SERVERS := lighttpd nginx-light fcgiwrap

# The engine and the models lie in a cache, which make clean leaves alone. The tools look for them
# beside themselves, so the folder of the build has links to it.
MODEL ?= tiny.en
WHISPER := Sources/fences/whisper.cpp
WHISPER_BUILD := $(WHISPER)/build $(if $(WHISPER_NATIVE),--native)
CACHE := $(or $(CALLPIPE_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/callpipe)
# Where the files are laid; the PREFIX is what they name.
PLACE = $(DESTDIR)$(PREFIX)
SHARE = $(PLACE)/share/callpipe

all: links
	$(SWIFT) build -c release $(SWIFT_FLAGS)

deps: packages whisper model lexicon

whisper: packages links
	@$(WHISPER_BUILD) >/dev/null

model: packages links
	@$(WHISPER)/callpipe-model --directory "$(CACHE)/models" $(MODEL) >/dev/null

# VADER's list of words (MIT licence), in the Python package of that name; pip asks the index that it
# is set to.
LEXICON := vaderSentiment==3.3.2
LEXICON_SHA256 := 3bf1d243b98b1afad575b9f22bc2cb1e212b94ff89ca74f8a23a588d024ea311
lexicon: packages links $(CACHE)/lexicon/vader_lexicon.txt

$(CACHE)/lexicon/vader_lexicon.txt:
	@work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	echo '$(LEXICON) --hash=sha256:$(LEXICON_SHA256)' >"$$work/requirements"; \
	TMPDIR=$$work python3 -m pip download --quiet --no-cache-dir --no-deps --only-binary :all: \
	    --require-hashes --requirement "$$work/requirements" --dest "$$work"; \
	python3 -m zipfile --extract "$$work"/*.whl "$$work/package"; \
	mkdir -p "$(@D)"; \
	cp "$$work"/package/*.dist-info/LICENSE.txt "$(@D)/LICENSE"; \
	cp "$$work/package/vaderSentiment/vader_lexicon.txt" "$@.part"; mv "$@.part" "$@"

links:
	@place=$$(dirname "$$($(SWIFT) build --show-bin-path)"); \
	mkdir -p "$$place/lib" "$$place/share/callpipe"; \
	ln -sfnT "$$($(WHISPER_BUILD) --where)/bin" "$$place/lib/callpipe"; \
	ln -sfnT "$(CACHE)/models" "$$place/share/callpipe/models"; \
	ln -sfnT "$(CURDIR)/$(WHISPER)/canary.wav" "$$place/share/callpipe/canary.wav"; \
	ln -sfnT "$(CURDIR)/pipelines/prompts" "$$place/share/callpipe/prompts"; \
	ln -sfnT "$(CURDIR)/pipelines/rules.ndjson" "$$place/share/callpipe/rules.ndjson"; \
	ln -sfnT "$(CACHE)/lexicon" "$$place/share/callpipe/lexicon"

packages:
	@missing=$$(for package in $(PACKAGES); do \
	    dpkg-query -W -f '$${db:Status-Status}\n' "$$package" 2>/dev/null | grep -qx installed \
	        || echo "$$package"; done); \
	if [ -n "$$missing" ]; then \
	    sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	    $$sudo apt-get update -qq; \
	    DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -qq --no-install-recommends $$missing; \
	fi

web-servers:
	@$(MAKE) --no-print-directory packages PACKAGES='$(WEB_SERVERS)'

# Tests wait for processes, which blocks threads; side by side they would starve each other.
check: deps web-servers lint
	$(SWIFT) build $(SWIFT_FLAGS) --build-tests
	$(MAKE) fence
	$(SWIFT) test --skip-build --no-parallel
	python3 -B Tests/house/test_map.py
	python3 -B Tests/house/test_install.py
	python3 -B Tests/house/test_manuals.py
	python3 -B Tests/house/test_runbook.py
	python3 -B Tests/house/test_ct2_to_ggml.py
	python3 -B Tests/house/test_model.py
	python3 -B Tests/fakes/selftest.py
	python3 -B Tests/campaigns/fuzz/audio.py "$$($(SWIFT) build --show-bin-path)" --seconds 5
	python3 -B Tests/campaigns/fuzz/names.py "$$($(SWIFT) build --show-bin-path)" --names 200
	python3 -B Tests/campaigns/fuzz/answers.py "$$($(SWIFT) build --show-bin-path)" --answers 20
	python3 -B Tests/campaigns/search/search.py "$$($(SWIFT) build --show-bin-path)" --calls 300 --questions 20
	python3 -B Tests/campaigns/redact/redact.py "$$($(SWIFT) build --show-bin-path)" --calls 300 --sound 10
	python3 -B Tests/campaigns/web/servers.py "$$($(SWIFT) build --show-bin-path)"
	python3 -B Tests/campaigns/web/fuzz.py "$$($(SWIFT) build --show-bin-path)" --requests 400
	python3 -B Tests/campaigns/week/week.py --bin "$$($(SWIFT) build --show-bin-path)"
	python3 -B Tests/campaigns/crash/campaign.py "$$($(SWIFT) build --show-bin-path)" --kills 60 --seed 1

# A target such as CheckpointTests, a suite, or one test, by a part of its name.
test: links
	@[ -n '$(T)' ] || { echo "make test needs T=NAME, such as T=CheckpointTests" >&2; exit 64; }
	$(SWIFT) test $(SWIFT_FLAGS) --no-parallel --filter '$(T)'

map:
	@$(SWIFT) package describe --type json | python3 -B Tests/house/map.py

# The same KILLS and SEED choose the same kills; the report stays in .build/crash/report.txt.
KILLS ?= 1000
SEED ?= 1
crash-campaign:
	$(SWIFT) build $(SWIFT_FLAGS)
	python3 -B Tests/campaigns/crash/campaign.py "$$($(SWIFT) build --show-bin-path)" --kills $(KILLS) --seed $(SEED)

# The same SEED makes the same files.
fuzz-audio: all
	python3 -B Tests/campaigns/fuzz/audio.py .build/release --seconds $(or $(SECONDS),600) --seed $(SEED)

# The same SEED makes the same names.
fuzz-names: all
	python3 -B Tests/campaigns/fuzz/names.py .build/release --names $(or $(NAMES),10000) --seed $(SEED)

# The same SEED makes the same answers.
fuzz-answers: all
	python3 -B Tests/campaigns/fuzz/answers.py .build/release --answers $(or $(ANSWERS),10000) --seed $(SEED)

# The same SEED makes the same requests.
fuzz-web: all
	python3 -B Tests/campaigns/web/fuzz.py .build/release --requests $(or $(REQUESTS),100000) --seed $(SEED)

# Of the times at which a job has nothing to do, every tenth is lived through.
week: all
	python3 -B Tests/campaigns/week/week.py --bin .build/release --idle $(or $(IDLE),10)

# The other programs live in an environment of their own, in the cache; with the same weights.
PEERS := $(CACHE)/peers
peers: deps
	@$(MAKE) packages PACKAGES=python3-venv
	@test -x "$(PEERS)/bin/python" || python3 -m venv "$(PEERS)"
	"$(PEERS)/bin/pip" install --quiet --requirement Tests/bench/speech/requirements.txt
	@"$(PEERS)/bin/python" -B Tests/bench/speech/weights.py $(MODEL) "$(PEERS)/weights" >/dev/null

wer: peers all
	"$(PEERS)/bin/python" -B Tests/bench/speech/wer.py .build/release --model $(MODEL) \
	    --ct2 "$(PEERS)/weights/$(MODEL)"

demo: deps all
	Tests/demo/demo.sh .build/release

# Ends with Ctrl-C; the token that it prints is good for a day.
PORT ?= 8000
serve: packages web-servers all
	@Tests/demo/serve.sh .build/release $(PORT)

bench: peers all
	Tests/bench/bench.py .build/release $(RECORDS)
	Tests/bench/folder.py .build/release
	Tests/bench/audio.py .build/release
	Tests/bench/search.py .build/release
	Tests/bench/reading.py .build/release
	Tests/bench/sentiment.py .build/release
	Tests/bench/speech.py .build/release --model $(MODEL) --peers "$(PEERS)"

lint:
	swift format lint --strict --recursive Sources Tests Package.swift
	promtool check rules pipelines/prometheus/callpipe.rules.yml >/dev/null
	amtool check-config pipelines/prometheus/alertmanager.yml >/dev/null
	shellcheck pipelines/*.sh Tests/demo/*.sh .ci/run $(WHISPER)/build $(WHISPER)/callpipe-model
	systemd-analyze verify --man=no pipelines/systemd/*
	@for unit in pipelines/systemd/*.service; do \
	    systemd-analyze security --offline=true --threshold=20 "$$unit" >/dev/null \
	        || { systemd-analyze security --offline=true "$$unit"; exit 1; } >&2; done
	@mandoc -Tlint -Wwarning man/*; \
	for program in $(PROGRAMS) callpipe-model; do \
	    compgen -G "man/$$program.[18]" >/dev/null \
	        || { echo "$$program has no man page" >&2; exit 1; }; done
	@if grep -rnE '^(public |internal )?import Foundation$$' Sources; then \
	    echo "Sources use FoundationEssentials, never all of Foundation" >&2; exit 1; fi

# What a program loads is part of its design: state-* no libcurl, and zlib for backups alone; nothing
# ICU; and strangers' audio is decoded by callpipe-decode alone.
fence:
	@$(SWIFT) package describe --type json | python3 -B Tests/house/map.py --check
	@bin=$$($(SWIFT) build --show-bin-path); \
	for tool in $(TOOLS); do \
	    needed=$$(readelf -d "$$bin/$$tool" | grep NEEDED); \
	    if grep -qE 'libFoundation\.so|FoundationInternationalization' <<<"$$needed"; then \
	        echo "$$tool links all of Foundation" >&2; exit 1; fi; \
	    if grep -qE 'libav|libswresample' <<<"$$needed"; then \
	        echo "$$tool links FFmpeg" >&2; exit 1; fi; \
	    case $$tool in state-*) \
	        if grep -q libcurl <<<"$$needed"; then \
	            echo "$$tool links more than the checkpoint" >&2; exit 1; fi;; esac; \
	    case $$tool in state-backup|state-restore) ;; state-*) \
	        if grep -q 'libz\.so' <<<"$$needed"; then \
	            echo "$$tool links zlib, which is for backups" >&2; exit 1; fi;; esac; \
	    "$$bin/$$tool" --help | sed -n '/^options:/,$$s/^  .... *--\([a-z-]*\).*/\1/p' | while read -r option; do \
	        grep -qE "Fl -$$option( |$$)" "man/$$tool.1" || case $$option in \
	            env-file|log|log-format|quiet|verbose|completion|help|version|rejects|keep-order|limit|jobs) ;; \
	            *) echo "man/$$tool.1 does not describe --$$option" >&2; exit 1;; esac; done; \
	done; \
	for program in $(filter %.cgi,$(PROGRAMS)); do \
	    if readelf -d "$$bin/$$program" | grep -E 'libcurl|libav|libz\.so|libFoundation\.so|Internationalization' >&2; then \
	        echo "$$program has to start at once, and links these" >&2; exit 1; fi; done

install: deps install-data
	$(SWIFT) build -c release $(SWIFT_FLAGS) $(RUNTIME_FLAGS) --scratch-path .build/install
	install -d "$(PLACE)/bin" "$(PLACE)/lib/callpipe" "$(PLACE)/libexec/callpipe" \
	    "$(SHARE)/models" "$(SHARE)/whisper.cpp"
	bin=$$($(SWIFT) build -c release --scratch-path .build/install --show-bin-path); \
	for program in $(filter-out %.cgi,$(PROGRAMS)); do \
	    install -s "$$bin/$$program" "$(PLACE)/bin/"; done; \
	for program in $(filter %.cgi,$(PROGRAMS)); do \
	    install -s "$$bin/$$program" "$(PLACE)/libexec/callpipe/"; done
	REQUEST_METHOD=GET REQUEST_URI=/api/openapi.json LD_LIBRARY_PATH="$(SWIFT_RUNTIME)" \
	    "$(PLACE)/libexec/callpipe/callpipe.cgi" | sed '1,/^\r$$/d' \
	    | install -m 644 /dev/stdin "$(SHARE)/openapi.json"
	for program in $(filter-out %.cgi,$(PROGRAMS)); do \
	    LD_LIBRARY_PATH="$(SWIFT_RUNTIME)" ldd "$(PLACE)/bin/$$program"; done \
	    | awk '/swift|Foundation|dispatch|BlocksRuntime/ && $$3 ~ /^\// {print $$3}' | sort -u \
	    | xargs install -t "$(PLACE)/lib/callpipe"
	whisper=$$($(WHISPER_BUILD)); \
	install -t "$(PLACE)/lib/callpipe" "$$whisper"/bin/*; \
	install -m 644 -t "$(SHARE)/whisper.cpp" "$$whisper/LICENSE" $(WHISPER)/models.tsv
	install -m 644 -t "$(SHARE)/models" "$(CACHE)/models/ggml-$(MODEL).bin"
	install -m 644 -t "$(SHARE)" $(WHISPER)/canary.wav
	install -m 644 -D -t "$(SHARE)/lexicon" "$(CACHE)/lexicon/vader_lexicon.txt" "$(CACHE)/lexicon/LICENSE"
	install -t "$(PLACE)/bin" $(WHISPER)/callpipe-model
	install -t "$(SHARE)/whisper.cpp" $(WHISPER)/ct2-to-ggml
	for tool in $(TOOLS); do \
	    "$(PLACE)/bin/$$tool" --completion bash | install -D -m 644 /dev/stdin \
	        "$(PLACE)/share/bash-completion/completions/$$tool"; \
	    "$(PLACE)/bin/$$tool" --completion zsh | install -D -m 644 /dev/stdin \
	        "$(PLACE)/share/zsh/site-functions/_$$tool"; \
	    "$(PLACE)/bin/$$tool" --completion fish | install -D -m 644 /dev/stdin \
	        "$(PLACE)/share/fish/vendor_completions.d/$$tool.fish"; done
	@$(if $(VERSIONED),,$(MAKE) --no-print-directory next-steps)

# Each version has a folder of its own below a PREFIX of callpipe's own, and one link names the one in
# use. A version that is there is not built again.
VERSION = $(shell sed -n 's/.*version = "\(.*\)"/\1/p' Sources/ground/Filter/Tool.swift)
REVISION ?= $(shell git describe --always --dirty --exclude '*' 2>/dev/null || date -u +%Y%m%d%H%M%S)
NAME = $(VERSION)-$(REVISION)
INSTALL ?= install
upgrade:
	@pipelines/version.sh list "$(DESTDIR)$(PREFIX)" >/dev/null
	versions="$(DESTDIR)$(PREFIX)/versions"; rm -rf "$$versions/.$(NAME).new"; \
	if [ ! -d "$$versions/$(NAME)" ]; then \
	    $(MAKE) $(INSTALL) VERSIONED=1 PLACE="$$versions/.$(NAME).new" && sync -f "$$versions" \
	        && mv -T "$$versions/.$(NAME).new" "$$versions/$(NAME)"; fi
	@CALLPIPE_STATE="$${CALLPIPE_STATE:-$(DESTDIR)/var/lib/callpipe/state.db}" \
	    pipelines/version.sh activate "$(DESTDIR)$(PREFIX)" "$(NAME)"
	@$(MAKE) --no-print-directory next-steps

# All that needs no build: pipelines, schedules, units, user and directories, manuals.
SYSTEMD = $(PLACE)/lib
install-data:
	install -m 755 -D -t "$(SHARE)/pipelines" pipelines/*.sh pipelines/operate.mk
	install -m 644 -D -t "$(SHARE)/prompts" pipelines/prompts/*
	install -m 644 -D -t "$(SHARE)" pipelines/rules.ndjson
	for file in pipelines/{crontab,env.example,logrotate,prometheus/*,systemd/*}; do \
	    case $$file in */systemd/*) place="$(SYSTEMD)/systemd/system";; \
	        */prometheus/*) place="$(SHARE)/prometheus";; *) place="$(SHARE)";; esac; \
	    sed 's|/usr/local|$(PREFIX)|g' "$$file" \
	        | install -m 644 -D /dev/stdin "$$place/$${file##*/}"; done
	for file in pipelines/web/*; do \
	    sed 's|/usr/local|$(PREFIX)|g' "$$file" \
	        | install -m 644 -D /dev/stdin "$(SHARE)/web/$${file##*/}"; done
	for kind in sysusers.d tmpfiles.d; do \
	    install -m 644 -D -t "$(SYSTEMD)/$$kind" pipelines/$$kind/callpipe.conf; done
	if commit=$$(git rev-parse HEAD 2>/dev/null); then \
	    install -m 644 -D /dev/stdin "$(SHARE)/commit" <<<"$$commit"; fi
	for page in man/*; do section=$${page##*.}; \
	    install -D -m 644 "$$page" \
	        "$(PLACE)/share/man/man$$section/$${page##*/}"; done

# The rest is for root, and for packagers it is another time: so it is told and not done.
next-steps:
	@printf '%s\n' '' 'callpipe is installed below $(DESTDIR)$(PREFIX). For schedules, as root:' \
	    '  systemd-sysusers $(PREFIX)/lib/sysusers.d/callpipe.conf' \
	    '  systemd-tmpfiles --create $(PREFIX)/lib/tmpfiles.d/callpipe.conf' \
	    '  install -m 600 $(PREFIX)/share/callpipe/env.example /etc/callpipe/env      # then edit it' \
	    '  install -m 640 -g callpipe SECRET /etc/callpipe/ringcentral-secret' \
	    '  install -m 640 -g callpipe SECRET /etc/callpipe/ringcentral-jwt' \
	    '  install -m 640 -g callpipe KEY.json /etc/callpipe/google-service-account.json' \
	    'and by timers:' \
	    $(if $(filter /usr /usr/local,$(PREFIX)),,'  systemctl link $(PREFIX)/lib/systemd/system/*') \
	    '  systemctl daemon-reload' \
	    '  systemctl enable --now call-recording-processor.timer \' \
	    '    callpipe-{catch-up,retry,backup,gaps,anchor,drill,health,alerts}.timer' \
	    'with a folder of recordings also callpipe-{sync,queue,process}.timer and callpipe-landed.path,' \
	    'with Prometheus on this machine also callpipe-metrics.timer, after:' \
	    '  install -d -m 775 -g callpipe /var/lib/prometheus/node-exporter' \
	    'or by cron:' \
	    '  install -m 600 -o callpipe /etc/callpipe/env /var/lib/callpipe/.env' \
	    '  crontab -u callpipe $(PREFIX)/share/callpipe/crontab      # edit its first lines before' \
	    'Logs are rotated by:' \
	    '  install -m 644 $(PREFIX)/share/callpipe/logrotate /etc/logrotate.d/callpipe' ''

clean:
	rm -rf .build .demo
