add_executable(bench_verify ${CMAKE_SOURCE_DIR}/bench/bench_verify.cc)
target_link_libraries(bench_verify PRIVATE ledger)
