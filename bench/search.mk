# Measures of the search engine.
.PHONY: bench-search-quality bench-search-speed
bench-search-quality: $(OUT)/bench/search-quality $(OUT)/bench/search-words
	$(OUT)/bench/search-words
	$(OUT)/bench/search-quality $(QUALITY_ARGS)
bench-search-speed: $(OUT)/bench/search-speed
	$(OUT)/bench/search-speed $(SPEED_ARGS)

$(OUT)/bench/search-quality: $(OBJ)/bench/quality/queries.o $(OBJ)/bench/quality/engines.o
$(OBJ)/bench/%.o: CFLAGS += -Ibench
$(OUT)/bench/search-%: $(OBJ)/bench/search-%.o $(OUT)/libbanyan.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)
