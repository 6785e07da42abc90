add_executable(bench_verify EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_verify.cc)
target_link_libraries(bench_verify PRIVATE ledger)
