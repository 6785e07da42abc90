reelproof_fuzz(http api_http)
reelproof_fuzz(news api_http)
target_sources(fuzz_news PRIVATE ${CMAKE_SOURCE_DIR}/api/routes/news_question.cc)
