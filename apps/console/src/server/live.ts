import type { AnswerOf, AnyInput, InputOf, Route } from '@tael/contracts'
import {
  keepPreviousData,
  type InfiniteData,
  type QueryKey,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { call } from './call.ts'

/** How often what is shown is read again, while the page is visible. */
const REFRESH_MS = 4_000

const keyOf = (route: Route, input: AnyInput): QueryKey => [route.path, input]

/** What a route answers, read again while it is shown; the earlier answer stays until a new one is there. */
export function useLive<R extends Route>(
  route: R,
  input: InputOf<R> & AnyInput,
  { enabled = true }: { readonly enabled?: boolean } = {},
): UseQueryResult<AnswerOf<R>> {
  return useQuery<AnswerOf<R>>({
    queryKey: keyOf(route, input),
    queryFn: () => call(route, input),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
    enabled,
  })
}

/**
 * A list a page at a time. It is read again while one page is shown: of more, the rows would move
 * under the reader.
 */
export function useLiveList<P extends { readonly next: string | number | null }>(
  route: Route,
  query: object,
  /** Reads the page after this cursor, which is a number in words where the list counts. */
  read: (cursor: string | undefined) => Promise<P>,
): UseInfiniteQueryResult<InfiniteData<P>> {
  return useInfiniteQuery({
    queryKey: [route.path, query],
    queryFn: ({ pageParam }) => read(pageParam === '' ? undefined : pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next }: P) => (next === null ? undefined : String(next)),
    refetchInterval: ({ state: { data } }) => ((data?.pages.length ?? 0) > 1 ? false : REFRESH_MS),
    placeholderData: keepPreviousData,
  })
}

/** A change at the server, after which everything that is shown is read again. */
export function useChange<Input, Answer>(
  change: (input: Input) => Promise<Answer>,
  onDone: (answer: Answer) => void,
) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: async (answer) => {
      onDone(answer)
      await queries.invalidateQueries()
    },
  })
}
