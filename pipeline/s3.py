"""S3 and stores of its kind: the only place that speaks with them.

Addresses are s3://bucket/prefix. Keys, region and endpoint come from where the AWS tools take them: AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL and their like, or ~/.aws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

SCHEME = "s3://"
_AT_A_TIME = 8

# Checksums of a newer kind only where they are asked for: other stores than Amazon's refuse them.
_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 5},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class S3Error(ConnectionError):
    """The store does not answer, or refuses; the message names the address."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it is stored: bytes and what changes with its content."""

    size: int
    etag: str


class Bucket:
    """The objects below a prefix, by their names from there on."""

    def __init__(self, address: str) -> None:
        """Raises S3Error if the address is none."""
        parts = urlsplit(address)
        if not address.startswith(SCHEME) or not parts.netloc:
            raise S3Error(f"{address}: cần địa chỉ dạng s3://kho/thư-mục")
        self.address = address.rstrip("/")
        self._bucket = parts.netloc
        # Not parts.path: a name may hold ? and #.
        prefix = address.removeprefix(f"{SCHEME}{parts.netloc}").strip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        with self._asking():
            self._client: Any = boto3.client("s3", config=_CONFIG)

    def list(self, below: str = "") -> dict[str, Stored]:
        """Name -> what is stored, of all objects whose names begin so."""
        found = {}
        with self._asking():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + below):
                for each in page.get("Contents", ()):
                    name = each["Key"].removeprefix(self._prefix)
                    found[name] = Stored(each["Size"], each["ETag"].strip('"'))
        return found

    def read(self, name: str) -> bytes | None:
        """The bytes of an object, None if there is none."""
        with self._asking():
            try:
                return bytes(self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"].read())
            except self._client.exceptions.NoSuchKey:
                return None

    def write(self, name: str, content: bytes) -> None:
        """Store an object; it appears, or changes, in one step."""
        with self._asking():
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=content)

    def upload(self, files: Mapping[str, Path]) -> None:
        """Store files under names, several at a time; each object appears, or changes, in one step."""

        def one(name: str) -> None:
            self._client.upload_file(str(files[name]), self._bucket, self._prefix + name)

        with self._asking(), ThreadPoolExecutor(_AT_A_TIME) as pool:
            list(pool.map(one, files))

    def download(self, name: str, file: Path) -> None:
        """Write an object to a file, which appears in one step."""
        with self._asking():
            self._client.download_file(self._bucket, self._prefix + name, str(file))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise S3Error(f"{getattr(self, 'address', SCHEME)}: {error}") from error
