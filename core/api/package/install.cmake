# What `cmake --install` brings: headers, the C++ library, the extension, and how other builds find
# them: find_package(honker), pkg-config honker.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(HONKER_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/honker)

install(TARGETS honker EXPORT honkerTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS honker_ext LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/core/include/honker
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT honkerTargets NAMESPACE honker:: DESTINATION ${HONKER_CMAKE_DIR})

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/honkerConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/honkerConfig.cmake
  INSTALL_DESTINATION ${HONKER_CMAKE_DIR} PATH_VARS CMAKE_INSTALL_LIBDIR)
# Before 1.0 a minor version may change everything.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/honkerConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/honkerConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/honkerConfigVersion.cmake DESTINATION ${HONKER_CMAKE_DIR})

file(RELATIVE_PATH HONKER_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/honker.pc.in ${CMAKE_CURRENT_BINARY_DIR}/honker.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/honker.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Installs into a scratch folder and builds a program there, both ways.
set(sanitize_option "")
if(HONKER_SANITIZE)
  set(sanitize_option "-fsanitize=${HONKER_SANITIZE}")
endif()
add_test(NAME core_package_test
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/check.sh ${CMAKE_COMMAND} ${CMAKE_BINARY_DIR}
    ${CMAKE_CXX_COMPILER} "${sanitize_option}")
set_tests_properties(core_package_test PROPERTIES LABELS unit TIMEOUT 300)
