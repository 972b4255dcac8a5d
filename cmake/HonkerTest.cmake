include(GoogleTest)

# honker_add_test(NAME name LABEL unit|property|scenario SOURCES a_test.cc ... [LIBS lib ...] [TIMEOUT s]
#                 [ENV NAME=value])
#
# One GoogleTest binary, one ctest test per case. The label says what decides it: `unit` (no process of
# its own), `property` (RapidCheck; the seed is fixed by RC_PARAMS and printed), `scenario` (real
# processes). Found when ctest runs, so that a sanitizer's runtime is not needed to build.
function(honker_add_test)
  cmake_parse_arguments(T "" "NAME;LABEL;TIMEOUT" "SOURCES;LIBS;ENV" ${ARGN})
  if(NOT T_LABEL MATCHES "^(unit|property|scenario)$")
    message(FATAL_ERROR "honker_add_test(${T_NAME}): LABEL is unit, property or scenario, not '${T_LABEL}'")
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(${T_NAME} ${T_SOURCES})
  target_link_libraries(${T_NAME} PRIVATE ${T_LIBS} GTest::gmock_main GTest::gtest Threads::Threads)
  if(T_LABEL STREQUAL "property")
    target_link_libraries(${T_NAME} PRIVATE rapidcheck rapidcheck_gtest)
    if(NOT T_ENV MATCHES "RC_PARAMS=")
      list(APPEND T_ENV "RC_PARAMS=seed=20261120")
    endif()
  endif()
  gtest_discover_tests(${T_NAME}
    TEST_PREFIX "${T_NAME}."
    # A parameter printed as bytes holds addresses: the name would change with every run, and
    # `ctest --rerun-failed` would find nothing.
    NO_PRETTY_VALUES
    DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${T_LABEL}" TIMEOUT ${T_TIMEOUT} ENVIRONMENT "${T_ENV}")
endfunction()
