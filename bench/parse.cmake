add_executable(bench_parse EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_parse.cc)
target_link_libraries(bench_parse PRIVATE vision_grammar Boost::json)
target_compile_definitions(bench_parse PRIVATE REELPROOF_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
