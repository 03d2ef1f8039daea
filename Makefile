# Compiling, and nothing else; `./run` is the front door.
#
#   make build       build/banyan from src/ (only build/libbanyan.a while src/main.c is missing)
#   make unit        the unit tests in test/; make unit ONLY=words runs those whose names have the words
#   make fuzzers     build/fuzz/NAME from each fuzz/NAME.c, with libFuzzer
#   make corpus      each fuzz/NAME.c run over fuzz/corpus/NAME/, with sanitizers
#   make benches     build/bench/NAME from each bench/NAME.c
#   VARIANT=asan     address and undefined-behaviour sanitizers; also tsan, fuzz, strict (warnings are
#                    errors); in build/VARIANT/
#
# All paths are relative, so that the tree may lie in a folder with spaces in its name.

VARIANT ?= release
ONLY    ?=
CC      := gcc
SHELL   := /bin/bash

PACKAGES := jansson yajl libsodium nettle icu-i18n icu-uc sqlite3 libmicrohttpd libqrencode libxml-2.0 libzip zlib libbrotlienc
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES))
LIBS := $(shell pkg-config --libs $(PACKAGES)) \
        -lxlsxwriter -lcmark-gfm-extensions -lcmark-gfm -lroaring -lpthread -lm

# DuckDB comes as npm packages (packages/duckdb): a library, and a header that lies among its sources.
# The programs find the library beside themselves or, installed, in ../lib/banyan.
DUCKDB_MODULES := packages/duckdb/node_modules
DUCKDB_LIB := $(firstword $(wildcard $(DUCKDB_MODULES)/@duckdb/node-bindings-linux-*/libduckdb.so))
DUCKDB_H   := $(DUCKDB_MODULES)/duckdb/src/duckdb/src/include/duckdb.h
LIBS += -Lbuild/duckdb -lduckdb \
        '-Wl,-rpath,$$ORIGIN/duckdb:$$ORIGIN/../duckdb:$$ORIGIN/../../duckdb:$$ORIGIN/../lib/banyan'

CFLAGS := -std=gnu17 -g -Isrc -isystem build/duckdb -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
          -Wformat=2 -Wpointer-arith -Werror=incompatible-pointer-types -fno-omit-frame-pointer -D_GNU_SOURCE $(PACKAGE_CFLAGS)
LDFLAGS :=

ifeq ($(VARIANT),release)
CFLAGS += -O2 -D_FORTIFY_SOURCE=2
else ifeq ($(VARIANT),strict)
CFLAGS += -O2 -D_FORTIFY_SOURCE=2 -Werror
else ifeq ($(VARIANT),asan)
CFLAGS += -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDFLAGS += -fsanitize=address,undefined
else ifeq ($(VARIANT),tsan)
CFLAGS += -O1 -fsanitize=thread
LDFLAGS += -fsanitize=thread
else ifeq ($(VARIANT),fuzz)
CC := clang
CFLAGS += -O1 -fsanitize=fuzzer-no-link,address
LDFLAGS += -fsanitize=fuzzer,address
else
$(error VARIANT is release, strict, asan, tsan or fuzz, not "$(VARIANT)")
endif

# What is built lies in OUT, its objects in OBJ.
OUT := build/$(if $(filter-out release,$(VARIANT)),$(VARIANT))
OUT := $(patsubst %/,%,$(OUT))
OBJ := build/$(VARIANT)/obj

SOURCES := $(sort $(wildcard src/*/*.c src/*/*/*.c))
OBJECTS := $(SOURCES:%.c=$(OBJ)/%.o)
PROGRAM := $(if $(wildcard src/main.c),$(OUT)/banyan)
TESTS   := $(sort $(shell find test -name '*.c' -not -path 'test/http/*' -not -path 'test/browser/*' \
             -not -path 'test/house/*'))
TEST_OBJECTS := $(TESTS:%.c=$(OBJ)/%.o)
TARGETS := $(sort $(basename $(notdir $(wildcard fuzz/*.c))))
BENCHES := $(sort $(basename $(notdir $(wildcard bench/*.c))))

.PHONY: build unit unit-program fuzzers fuzz-programs corpus replay-programs benches objects print-flags clean
.SECONDARY:
build: $(OUT)/libbanyan.a $(PROGRAM)

build/duckdb/duckdb.h: $(DUCKDB_H)
	@mkdir -p $(@D)
	cp $< $@
build/duckdb/libduckdb.so: $(DUCKDB_LIB)
	@mkdir -p $(@D)
	cp $< $@
DUCKDB := build/duckdb/duckdb.h build/duckdb/libduckdb.so

# What `banyan --version` tells: the number, and the commit where there is one.
COMMIT  := $(shell git rev-parse --short HEAD 2>/dev/null)
VERSION := $(shell cat VERSION)$(if $(COMMIT), ($(COMMIT)))

# The flags and the list of objects are inputs as well: what changes them is made anew.
$(shell mkdir -p $(OBJ); \
  echo '$(VERSION)' | cmp -s - $(OBJ)/version || echo '$(VERSION)' > $(OBJ)/version; \
  echo '$(CC) $(CFLAGS)' | cmp -s - $(OBJ)/flags || echo '$(CC) $(CFLAGS)' > $(OBJ)/flags; \
  echo '$(OBJECTS)' | cmp -s - $(OBJ)/objects || echo '$(OBJECTS)' > $(OBJ)/objects; \
  echo '$(TEST_OBJECTS)' | cmp -s - $(OBJ)/tests || echo '$(TEST_OBJECTS)' > $(OBJ)/tests)

$(OBJ)/test/%.o: CFLAGS += -Itest
$(OBJ)/src/main.o: CFLAGS += -DBANYAN_VERSION='"$(VERSION)"'
$(OBJ)/src/main.o: $(OBJ)/version
$(OBJ)/src/data/shapes.o: src/data/shapes.bin
$(OBJ)/%.o: %.c $(OBJ)/flags | $(DUCKDB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/libbanyan.a: $(OBJECTS) $(OBJ)/objects
	@rm -f $@
	ar qcsD $@ $(OBJECTS)

$(OUT)/banyan: $(OBJ)/src/main.o $(OUT)/libbanyan.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(OUT)/unit: $(TEST_OBJECTS) $(OUT)/libbanyan.a $(OBJ)/tests
	$(CC) $(LDFLAGS) -o $@ $(TEST_OBJECTS) $(OUT)/libbanyan.a $(LIBS)

unit-program: $(OUT)/unit
unit: unit-program
	$(OUT)/unit $(if $(ONLY),'$(ONLY)')

fuzzers:
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzz-programs
fuzz-programs: $(TARGETS:%=build/fuzz/%)
build/fuzz/%: build/fuzz/obj/fuzz/%.o build/fuzz/libbanyan.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

corpus:
	@$(MAKE) --no-print-directory VARIANT=asan replay-programs
	@passed=0; failed=0; for target in $(TARGETS); do \
	  if build/asan/replay/$$target fuzz/corpus/$$target; then passed=$$((passed + 1)); \
	  else echo "FAILED fuzz/corpus/$$target"; failed=$$((failed + 1)); fi; \
	done; echo "$$passed passed, $$failed failed, 0 skipped"; [ $$failed = 0 ] && [ $$passed -gt 0 ]
replay-programs: $(TARGETS:%=$(OUT)/replay/%)
$(OUT)/replay/%: $(OBJ)/fuzz/%.o $(OBJ)/fuzz/replay/main.o $(OUT)/libbanyan.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

benches: $(BENCHES:%=build/bench/%)
build/bench/%: $(OBJ)/bench/%.o $(OUT)/libbanyan.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# What the other targets do not compile: so that all of it is compiled with warnings as errors.
objects: $(TARGETS:%=$(OBJ)/fuzz/%.o) $(BENCHES:%=$(OBJ)/bench/%.o) \
         $(patsubst %.c,$(OBJ)/%.o,$(wildcard bench/*/*.c)) $(OBJ)/fuzz/replay/main.o

# For tools that read the sources as the compiler does.
print-flags:
	@echo $(CFLAGS)

clean:
	rm -rf build

-include bench/*.mk
-include $(shell find $(OBJ) -name '*.d')
