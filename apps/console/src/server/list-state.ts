import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'

/** What a list shows of its query: the rows of all pages that were read. */
export function listState<Page, Row>(
  list: UseInfiniteQueryResult<InfiniteData<Page>>,
  rowsOf: (page: Page) => readonly Row[],
) {
  return {
    rows: list.data?.pages.flatMap(rowsOf),
    error: list.error,
    refetch: () => void list.refetch(),
    pages: list.data?.pages.length ?? 0,
    hasMore: list.hasNextPage,
    isLoadingMore: list.isFetchingNextPage,
    showMore: () => void list.fetchNextPage(),
  }
}
