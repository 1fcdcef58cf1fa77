import { refuse } from './answers.ts'
import type { AdyenAnswer } from '../state/idempotency-keys.ts'

/**
 * The fields of each structure that callers send: those of Checkout v66 and v72 together
 * (adyen-openapi, `additionalProperties: false`). A test compares them with Adyen's files.
 */
const knownFields = {
  PaymentRequest: `
    accountInfo additionalAmount additionalData amount applicationInfo authenticationData
    bankAccount billingAddress browserInfo captureDelayHours channel checkoutAttemptId company
    conversionId countryCode dateOfBirth dccQuote deliverAt deliveryAddress deliveryDate
    deviceFingerprint enableOneClick enablePayOut enableRecurring enhancedSchemeData entityType
    fraudOffset fundOrigin fundRecipient industryUsage installments lineItems
    localizedShopperStatement mandate mcc merchantAccount merchantOrderReference
    merchantRiskIndicator metadata mpiData order orderReference origin paymentMethod
    paymentValidations platformChargebackLogic recurringExpiry recurringFrequency
    recurringProcessingModel redirectFromIssuerMethod redirectToIssuerMethod reference returnUrl
    riskData sessionValidity shopperConversionId shopperEmail shopperIP shopperInteraction
    shopperLocale shopperName shopperReference shopperStatement shopperTaxInfo
    socialSecurityNumber splits store storePaymentMethod subMerchants surcharge telephoneNumber
    threeDS2RequestData threeDSAuthenticationOnly trustedShopper`,
  WeChatPayMiniProgramDetails: `
    appId checkoutAttemptId openid recurringDetailReference sdkData storedPaymentMethodId type`,
  Amount: 'currency value',
  PaymentDetailsRequest: 'authenticationData details paymentData threeDSAuthenticationOnly',
  PaymentCompletionDetails: `
    MD PaReq PaRes authorization_token billingToken cupsecureplus.smscode facilitatorAccessToken
    oneTimePasscode orderID payerID payload paymentID paymentStatus redirectResult resultCode
    returnUrlQueryString threeDSResult threeds2.challengeResult threeds2.fingerprint vaultToken`,
  PaymentRefundRequest: `
    amount applicationInfo capturePspReference enhancedSchemeData lineItems merchantAccount
    merchantRefundReason reference splits store`,
  PaymentCancelRequest: 'applicationInfo merchantAccount reference',
  PaymentReversalRequest: 'applicationInfo merchantAccount reference',
  StandalonePaymentCancelRequest: 'applicationInfo merchantAccount paymentReference reference',
  PaymentMethodsRequest: `
    additionalData allowedPaymentMethods amount blockedPaymentMethods browserInfo channel
    countryCode merchantAccount order shopperConversionId shopperEmail shopperIP shopperLocale
    shopperReference splitCardFundingSources store storeFiltrationMode telephoneNumber`,
} as const satisfies Readonly<Record<string, string>>

type Structure = keyof typeof knownFields

export const structures: readonly Structure[] = Object.keys(knownFields).filter(isStructure)

/**
 * Adyen's refusal of fields that a structure does not have; undefined if it has all of them
 * (Adyen/adyen-magento2#1038, #3045).
 */
export function refuseUnknownFields(
  structures: Readonly<Partial<Record<Structure, object | undefined>>>,
): AdyenAnswer | undefined {
  for (const [structure, value = {}] of Object.entries(structures)) {
    const known = new Set(isStructure(structure) ? fieldsOf(structure) : [])
    const unknown = Object.keys(value).filter((name) => !known.has(name))
    if (unknown.length > 0) {
      const fields = `[${unknown.join(', ')}]`
      return refuse(
        400,
        '702',
        'validation',
        `Structure of ${structure} contains the following unknown fields: ${fields}`,
      )
    }
  }
  return undefined
}

/** The names of the fields of a structure. */
export function fieldsOf(structure: Structure): readonly string[] {
  return knownFields[structure].trim().split(/\s+/)
}

function isStructure(name: string): name is Structure {
  return Object.hasOwn(knownFields, name)
}
