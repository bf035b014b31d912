using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MhcPipeline.Architecture.Tests;

/// <summary>
/// The types of ours that a type uses: in its declaration, in those of its members, and in the bodies of its methods, where closures, iterators and
/// asynchronous methods, which the compiler makes types of their own, count as part of the type that they were written in.
/// </summary>
/// <remarks>Constants and nameof leave no trace in compiled code: <see cref="SourceFile"/> finds those.</remarks>
internal static class TypeUses
{
    public static bool IsOurs(string name) => name is "MhcPipeline" or "OrderDesk" || name.StartsWith("MhcPipeline.", StringComparison.Ordinal) || name.StartsWith("OrderDesk.", StringComparison.Ordinal);

    public static IEnumerable<TypeUse> Of(TypeDefinition type) =>
        from used in Named(type).SelectMany(Parts).Select(Outermost)
        where IsOurs(used.Namespace) && used.FullName != type.FullName
        select new TypeUse(type, used, used.Scope is ModuleDefinition module ? module.Assembly.Name.Name : used.Scope.Name);

    private static IEnumerable<TypeReference?> Named(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(implemented => implemented.InterfaceType),
        .. Attributes(type),
        .. Constraints(type),
        .. type.Fields.SelectMany(field => Attributes(field).Prepend(field.FieldType)),
        .. type.Properties.SelectMany(property => Attributes(property).Prepend(property.PropertyType)),
        .. type.Events.SelectMany(@event => Attributes(@event).Prepend(@event.EventType)),
        .. type.Methods.SelectMany(method => (TypeReference?[])[.. Signature(method), .. Attributes(method), .. Constraints(method), .. method.HasBody ? Body(method.Body) : []]),
        .. type.NestedTypes.SelectMany(Named),
    ];

    private static IEnumerable<TypeReference?> Body(MethodBody body) =>
    [
        .. body.Variables.Select(variable => variable.VariableType),
        .. body.ExceptionHandlers.Select(handler => handler.CatchType),
        .. body.Instructions.SelectMany(instruction => instruction.Operand switch
        {
            TypeReference type => [type],
            FieldReference field => [field.DeclaringType, field.FieldType],
            GenericInstanceMethod method => [method.DeclaringType, .. Signature(method), .. method.GenericArguments],
            MethodReference method => [method.DeclaringType, .. Signature(method)],
            CallSite site => Signature(site),
            _ => Enumerable.Empty<TypeReference>(),
        }),
    ];

    private static IEnumerable<TypeReference> Signature(IMethodSignature method) => method.Parameters.Select(parameter => parameter.ParameterType).Prepend(method.ReturnType);

    private static IEnumerable<TypeReference> Constraints(IGenericParameterProvider generic) =>
        generic.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType);

    private static IEnumerable<TypeReference> Attributes(ICustomAttributeProvider declaration) => declaration.CustomAttributes.SelectMany(attribute =>
        attribute.ConstructorArguments.Select(argument => argument.Value).OfType<TypeReference>().Prepend(attribute.AttributeType));

    /// <summary>A[B, C*] as A, B and C.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [.. Parts(generic.ElementType), .. generic.GenericArguments.SelectMany(Parts)],
        FunctionPointerType function => Signature(function).SelectMany(Parts),
        IModifierType modified => [.. Parts(modified.ElementType), .. Parts(modified.ModifierType)],
        TypeSpecification made => Parts(made.ElementType),
        _ => [type],
    };

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
