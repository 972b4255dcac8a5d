# Every package the project is built on, found once. A missing one is named together with the Debian
# package that brings it; ci/setup installs them all.
function(honker_require found name package)
  if(NOT ${found})
    message(FATAL_ERROR "${name} was not found. Install the package ${package} (ci/setup does it).")
  endif()
endfunction()

find_package(Threads REQUIRED)
find_package(PkgConfig QUIET)
honker_require(PkgConfig_FOUND "pkg-config" "pkg-config")

find_package(SQLite3 3.38 QUIET)
honker_require(SQLite3_FOUND "SQLite >= 3.38" "libsqlite3-dev")

find_package(GTest QUIET)
honker_require(GTest_FOUND "GoogleTest" "libgtest-dev libgmock-dev")

find_package(rapidcheck CONFIG QUIET)
honker_require(rapidcheck_FOUND "RapidCheck" "librapidcheck-dev")

find_package(Boost 1.74 QUIET COMPONENTS filesystem)
honker_require(Boost_FOUND "Boost >= 1.74 (Boost.Process, Boost.Filesystem)" "libboost-dev libboost-filesystem-dev")

pkg_check_modules(FIU QUIET IMPORTED_TARGET libfiu)
honker_require(FIU_FOUND "libfiu" "libfiu-dev")

find_package(nlohmann_json QUIET)
honker_require(nlohmann_json_FOUND "nlohmann-json" "nlohmann-json3-dev")

find_package(CLI11 QUIET)
honker_require(CLI11_FOUND "CLI11" "libcli11-dev")

find_package(fmt QUIET)
honker_require(fmt_FOUND "fmt" "libfmt-dev")

find_package(benchmark QUIET)
honker_require(benchmark_FOUND "Google Benchmark" "libbenchmark-dev")
