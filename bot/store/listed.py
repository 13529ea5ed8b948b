"""Many words as one parameter of a statement, in each database's own way."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    FromClause,
    String,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

_json = msgspec.json.Encoder()


class _Listed(TypeDecorator[Collection[str]]):
    """Words as one parameter: an array, or on SQLite a JSON list."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(String()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        return list(value or ()) if dialect.name == "postgresql" else _json.encode(list(value or ())).decode()


class _Among(FunctionElement[bool]):
    """A column and a parameter of words: `column IN words`."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """It is a condition as it stands: "… = 1", as for a boolean column, would hide it from the indexes."""
        del against
        return self


@compiles(_Among)
def _in_list(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, words = (compiler.process(clause, **options) for clause in element.clauses)
    if compiler.dialect.name == "postgresql":
        return f"{column} = ANY ({words})"
    return f"{column} IN (SELECT value FROM json_each({words}))"  # noqa: S608 - a column and a parameter


def among(column: Column[str], values: Collection[str]) -> ColumnElement[bool]:
    """`column IN values` with one parameter for all values: however many they are, the statement is the same."""
    return _Among(column, bindparam(None, values, type_=_Listed()))


def any_of(column: Column[str], name: str) -> ColumnElement[bool]:
    """The same for a statement that is kept: `name` is the parameter's, whose value is a collection of strings."""
    return _Among(column, bindparam(name, type_=_Listed()))


class _Rows(FunctionElement[str]):
    """A parameter of words as rows."""

    inherit_cache = True


@compiles(_Rows)
def _rows(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    words = compiler.process(element.clauses, **options)
    return f"unnest({words})" if compiler.dialect.name == "postgresql" else f"json_each({words})"


def each_of(column: Column[str], name: str) -> FromClause:
    """The rows of `column`'s table that `any_of` would find, to be selected from; each word is given once.

    For long lists: SQLite sorts what an IN is asked for before it looks, which takes longer than looking.
    """
    words = _Rows(bindparam(name, type_=_Listed())).table_valued("value", name="value")
    return words.join(column.table, column == words.c.value)
