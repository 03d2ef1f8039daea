/* DuckDB alone, to measure beside: duckdb FOLDER MEMORY_BYTES SQL…

   Runs each statement on one plain connection with the machine's threads and that much memory, and
   prints a line for each: the seconds it took until its last row was there. */
#include <duckdb.h>
#include <stdio.h>

#include "base/time.h"

static bool run(duckdb_connection to, const char *sql)
{
    duckdb_result result;
    int64_t       began_us = time_monotonic_us();
    bool          ok = duckdb_query(to, sql, &result) == DuckDBSuccess;
    if (ok) printf("%.6f\n", (double)(time_monotonic_us() - began_us) / 1e6);
    else fprintf(stderr, "%s\n", duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    return ok;
}

int main(int argc, char **argv)
{
    duckdb_database   database;
    duckdb_connection to;
    duckdb_config     config;
    if (argc < 4) {
        fputs("duckdb FOLDER MEMORY_BYTES SQL...\n", stderr);
        return 2;
    }
    char memory[64];
    snprintf(memory, sizeof memory, "%sB", argv[2]);
    bool ok = duckdb_create_config(&config) == DuckDBSuccess &&
              duckdb_set_config(config, "temp_directory", argv[1]) == DuckDBSuccess &&
              duckdb_set_config(config, "memory_limit", memory) == DuckDBSuccess &&
              duckdb_open_ext(NULL, &database, config, NULL) == DuckDBSuccess &&
              duckdb_connect(database, &to) == DuckDBSuccess;
    for (int i = 3; i < argc && ok; i++) ok = run(to, argv[i]);
    return ok ? 0 : 1;
}
