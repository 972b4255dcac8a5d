#!/usr/bin/env python3
"""Makes one program of the pieces of C++ in a page: tour.py PAGE OUTPUT

Every ```cpp block, in the order of the page, with #line directives, so that the compiler's errors
point into the page. The program runs in a fresh folder and ends with 0.
"""

import re
import sys

HEAD = """// Made from {page}.
#undef NDEBUG
#include <honker/honker.h>

#include <atomic>
#include <cassert>
#include <cstdio>
#include <filesystem>
#include <string>

using namespace std::chrono_literals;

int main(int argc, char** argv) {{
  assert(argc == 2);
  std::filesystem::remove_all(argv[1]);
  std::filesystem::create_directory(argv[1]);
  std::filesystem::current_path(argv[1]);
  const std::stop_token stop;
"""

page, output = sys.argv[1:]
with open(page, encoding="utf-8") as file:
    lines = file.read().splitlines()
program, inside, blocks = [HEAD.format(page=page)], False, 0
for number, line in enumerate(lines, 1):
    if re.match(r"```cpp\s*$", line):
        inside = True
        blocks += 1
        program.append(f'#line {number + 1} "{page}"')
    elif line.startswith("```"):
        inside = False
    elif inside:
        program.append(line)
if inside or blocks == 0:
    sys.exit(f"{page}: no C++ in it, or a block without end")
program.append(f'  std::puts("{blocks} pieces");\n}}\n')
with open(output, "w", encoding="utf-8") as file:
    file.write("\n".join(program))
