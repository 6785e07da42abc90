add_executable(bench_leak EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_leak.cc
  ${CMAKE_SOURCE_DIR}/tests/ledger/leak/leak_support.cc)
target_link_libraries(bench_leak PRIVATE ledger)
