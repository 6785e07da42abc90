# Two whole nodes, as the tests of replication have them.
add_executable(bench_catchup EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_catchup.cc
               ${CMAKE_SOURCE_DIR}/tests/node/replication_support.cc)
target_link_libraries(bench_catchup PRIVATE bench_support node_core)
