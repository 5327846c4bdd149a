"""Takes libtorch out of Python wheels.

unpack.py torch WHEEL TARGET    lib, include and share of torch. Of a wheel built with CUDA, the
                                libraries that need a GPU's packages to load are left out. Prints
                                the CUDA version that the wheel was built with, if any.
unpack.py libraries WHEEL TARGET    the shared libraries of any other wheel, into TARGET/lib.

zipfile verifies the checksum of every member that is read to its end, and these are.
"""

import os
import re
import shutil
import sys
import zipfile

NEEDS_GPU_PACKAGES = re.compile(r"lib/[^/]*(cuda|nvrtc|nvshmem)|lib/libtorch(_python)?\.so")


def torch_members(archive):
    match = re.search(r"^cuda\b.*= '([\d.]+)'", read(archive, "torch/version.py"), re.M)
    cuda = match and match.group(1)
    for info in archive.infolist():
        package, _, inner = info.filename.partition("/")
        if package == "torch.libs":
            inner = "lib/" + inner
        elif package != "torch" or inner.split("/")[0] not in ("lib", "include", "share"):
            continue
        if not (cuda and NEEDS_GPU_PACKAGES.match(inner)):
            yield info, inner
    print(cuda or "")


def library_members(archive):
    for info in archive.infolist():
        name = info.filename.split("/")[-1]
        if re.search(r"\.so(\.\d+)*$", name):
            yield info, "lib/" + name


def read(archive, name):
    try:
        return archive.read(name).decode()
    except KeyError:
        return ""


def main(kind, wheel, target):
    with zipfile.ZipFile(wheel) as archive:
        members = list({"torch": torch_members, "libraries": library_members}[kind](archive))
        members = [(info, inner) for info, inner in members if not info.is_dir()]
        if not members:
            sys.exit("%s holds nothing of %s" % (os.path.basename(wheel), kind))
        total = sum(info.file_size for info, _ in members) >> 20
        done = shown = 0
        for info, inner in members:
            path = os.path.join(target, *[part for part in inner.split("/") if part != ".."])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(info) as source, open(path, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            done += info.file_size
            if (done >> 20) - shown >= 100:
                shown = done >> 20
                print("potstill: unpacked %d of %d MB" % (shown, total), file=sys.stderr)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, zipfile.BadZipFile) as error:
        sys.exit(str(error))
