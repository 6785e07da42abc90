add_executable(bench_check EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_check.cc)
target_link_libraries(bench_check PRIVATE ledger)
